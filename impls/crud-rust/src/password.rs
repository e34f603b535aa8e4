use program::Problem;
use scrypt::Params;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// N = 2^14 = 16384, r, p.
const SCRYPT_COST: (u8, u32, u32) = (14, 8, 1);

/// What is stored of a password.
pub struct PasswordHash {
    pub salt: Vec<u8>,
    pub key: Vec<u8>,
}

impl PasswordHash {
    /// No one's: a log-in with an unknown name is checked against it, so that it takes as long as any other.
    pub fn of_nobody() -> Self {
        Self { salt: vec![0; 16], key: vec![0; 32] }
    }
}

/// Derives keys on tokio's blocking threads, as many at once as there are workers: each takes 16 MiB and about 30 ms of CPU, and more at
/// once would take memory without being sooner done.
pub struct Hasher(Semaphore);

impl Hasher {
    pub fn new(workers: usize) -> Self {
        Self(Semaphore::new(workers))
    }

    pub async fn hash(&self, password: String) -> Result<PasswordHash, Problem> {
        let salt = random_bytes::<16>().to_vec();
        let key = self.derive(password, salt.clone()).await?.to_vec();
        Ok(PasswordHash { salt, key })
    }

    pub async fn matches(&self, password: String, stored: PasswordHash) -> Result<bool, Problem> {
        let key = self.derive(password, stored.salt).await?;
        Ok(key.as_slice().ct_eq(&stored.key).into())
    }

    async fn derive(&self, password: String, salt: Vec<u8>) -> Result<[u8; 32], Problem> {
        let _slot = self.0.acquire().await.map_err(|_| Problem::INTERNAL)?;
        // It fails where the derivation panics.
        spawn_blocking(move || derive_key(password.as_bytes(), &salt)).await.map_err(|_| Problem::INTERNAL)
    }
}

fn derive_key(password: &[u8], salt: &[u8]) -> [u8; 32] {
    let (log_n, r, p) = SCRYPT_COST;
    let params = Params::new(log_n, r, p).expect("a valid cost");
    let mut key = [0; 32];
    scrypt::scrypt(password, salt, &params, &mut key).expect("a valid length");
    key
}

pub fn random_bytes<const COUNT: usize>() -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    getrandom::fill(&mut bytes).expect("the system's randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_other_languages() {
        // Printed by Python: hashlib.scrypt(b'pleaseletmein', salt=b'SodiumChloride', n=16384, r=8, p=1, dklen=32).hex()
        let hex: String =
            derive_key(b"pleaseletmein", b"SodiumChloride").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
    }

    #[tokio::test]
    async fn only_the_password_itself_matches() {
        let hasher = Hasher::new(1);
        let stored = hasher.hash("long enough".to_owned()).await.ok().unwrap();
        let again = PasswordHash { salt: stored.salt.clone(), key: stored.key.clone() };
        assert_eq!(hasher.matches("long enough".to_owned(), stored).await, Ok(true));
        assert_eq!(hasher.matches("long enougH".to_owned(), again).await, Ok(false));
    }
}
