//! What lies in DATA_DIR: a log for each node, and the claim that keeps other clusters away.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::Path;
use std::sync::Arc;

use raft::{Entry, NodeId, Persist};

const SIGNATURE: &[u8; 8] = b"PLRAFT1\n";
/// length u32, crc u32.
const RECORD_HEAD_BYTES: usize = 8;
const MAX_PAYLOAD_BYTES: usize = 1 << 28;

/// Keeps other clusters away from a folder until it is dropped, by the name of a socket that the kernel frees with the program. The name is
/// by device and inode: no other path to the folder gets around it.
pub struct Claim(#[expect(dead_code, reason = "held while the program runs")] UnixListener);

/// The error is one line.
pub fn claim(folder: &Path) -> Result<Claim, String> {
    let shown = folder.display();
    let found = folder.metadata().map_err(|error| format!("DATA_DIR: {shown}: {error}"))?;
    if !found.is_dir() {
        return Err(format!("DATA_DIR: {shown} is not a folder"));
    }
    let name = format!("paceline-raft:{}:{}", found.dev(), found.ino());
    let address = SocketAddr::from_abstract_name(name).map_err(|error| format!("DATA_DIR: {error}"))?;
    match UnixListener::bind_addr(&address) {
        Ok(listener) => Ok(Claim(listener)),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            Err(format!("DATA_DIR: {shown} is in use by another cluster"))
        }
        Err(error) => Err(format!("DATA_DIR: {error}")),
    }
}

/// A node's log on disk. What fails to be written leaves a torn record, which the next reading drops.
pub struct LogFile(File);

/// The content of a log file.
#[derive(Debug, Default, PartialEq)]
pub struct Persisted {
    pub term: u64,
    pub voted_for: NodeId,
    pub entries: Vec<Entry>,
    pub dropped_bytes: usize,
}

/// Reads what a node has persisted, and cuts the file after its last whole record.
pub fn open_log(folder: &Path, id: NodeId, fsync: bool) -> io::Result<(LogFile, Persisted)> {
    let path = folder.join(format!("node-{id}.log"));
    let at = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let mut options = OpenOptions::new();
    let file = options.read(true).write(true).create(true).truncate(false).custom_flags(no_follow).open(&path);
    let mut log = LogFile(file.map_err(at)?);
    let persisted = log.recover().map_err(at)?;
    if fsync {
        // Makes the file's name durable.
        File::open(folder)?.sync_all()?;
    }
    Ok((log, persisted))
}

impl LogFile {
    fn recover(&mut self) -> io::Result<Persisted> {
        let mut text = Vec::new();
        self.0.read_to_end(&mut text)?;
        if text.len() < SIGNATURE.len() {
            self.cut(0)?;
            self.write(SIGNATURE)?;
            return Ok(Persisted { dropped_bytes: text.len(), ..Persisted::default() });
        }
        let Some(records) = text.strip_prefix(SIGNATURE) else {
            return Err(io::Error::other("this is not a log of ours: its first bytes are another file's"));
        };
        let mut persisted = Persisted::default();
        let whole_bytes = SIGNATURE.len() + persisted.take_records(records);
        persisted.dropped_bytes = text.len() - whole_bytes;
        if persisted.dropped_bytes > 0 {
            self.cut(whole_bytes as u64)?;
        }
        Ok(persisted)
    }

    fn cut(&mut self, size_bytes: u64) -> io::Result<()> {
        self.0.set_len(size_bytes)?;
        self.0.seek(SeekFrom::Start(size_bytes)).map(drop)
    }

    pub fn write(&self, records: &[u8]) -> io::Result<()> {
        (&self.0).write_all(records)
    }

    pub fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::fdatasync(self.0.as_fd())?)
    }
}

/// Writes a persist effect as the file has it.
pub fn append_record(to: &mut Vec<u8>, persist: &Persist) {
    let start = to.len();
    to.extend_from_slice(&[0; RECORD_HEAD_BYTES]);
    to.extend_from_slice(&persist.term.to_le_bytes());
    to.extend_from_slice(&persist.voted_for.to_le_bytes());
    to.extend_from_slice(&persist.from_index.to_le_bytes());
    to.extend_from_slice(&length_of(persist.entries.len()));
    for entry in &persist.entries {
        to.extend_from_slice(&entry.term.to_le_bytes());
        to.extend_from_slice(&length_of(entry.command.len()));
        to.extend_from_slice(entry.command.as_bytes());
    }
    let payload = start + RECORD_HEAD_BYTES;
    let (length, crc) = (length_of(to.len() - payload), crc32fast::hash(&to[payload..]));
    to[start..start + 4].copy_from_slice(&length);
    to[start + 4..payload].copy_from_slice(&crc.to_le_bytes());
}

/// A record is far below 4 GiB.
fn length_of(count: usize) -> [u8; 4] {
    u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes()
}

impl Persisted {
    /// Takes the whole records that the text begins with, and returns how many bytes they have.
    fn take_records(&mut self, text: &[u8]) -> usize {
        let mut whole_bytes = 0;
        while let Some(payload) = first_payload(&text[whole_bytes..]) {
            if self.take_payload(payload).is_none() {
                break;
            }
            whole_bytes += RECORD_HEAD_BYTES + payload.len();
        }
        whole_bytes
    }

    /// Changes nothing unless the payload makes sense.
    fn take_payload(&mut self, payload: &[u8]) -> Option<()> {
        let mut reader = Reader(payload);
        let (term, voted_for, from_index) = (reader.u64()?, reader.u32()?, reader.u64()?);
        let entries = reader.entries()?;
        let kept = usize::try_from(from_index).ok()?;
        if kept > self.entries.len() + 1 || (kept == 0 && !entries.is_empty()) {
            return None;
        }
        if kept > 0 {
            self.entries.truncate(kept - 1);
            self.entries.extend(entries);
        }
        self.term = term;
        self.voted_for = voted_for;
        Some(())
    }
}

fn first_payload(text: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader(text);
    let (length, crc) = (reader.u32()? as usize, reader.u32()?);
    if !(1..=MAX_PAYLOAD_BYTES).contains(&length) {
        return None;
    }
    let payload = reader.bytes(length)?;
    (crc32fast::hash(payload) == crc).then_some(payload)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.bytes(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.bytes(8)?.try_into().ok()?))
    }

    /// Exactly as many as are announced.
    fn entries(&mut self) -> Option<Vec<Entry>> {
        let count = self.u32()?;
        let mut entries = Vec::new();
        for _ in 0..count {
            let (term, length) = (self.u64()?, self.u32()? as usize);
            let command = std::str::from_utf8(self.bytes(length)?).ok()?;
            entries.push(Entry { term, command: Arc::from(command) });
        }
        self.0.is_empty().then_some(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    fn entry(term: u64, command: &str) -> Entry {
        Entry { term, command: Arc::from(command) }
    }

    fn record(seq: u64, from_index: u64, entries: Vec<Entry>) -> Vec<u8> {
        let mut text = Vec::new();
        append_record(&mut text, &Persist { seq, term: 3, voted_for: 2, from_index, entries });
        text
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("raft-rust-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn records_replace_what_follows_their_index() {
        let text = [
            record(1, 1, vec![entry(1, ""), entry(1, "a=1"), entry(1, "b=2")]),
            record(2, 2, vec![entry(3, "a=ü")]),
            record(3, 0, vec![]),
        ]
        .concat();
        let mut persisted = Persisted::default();
        assert_eq!(persisted.take_records(&text), text.len());
        let entries = vec![entry(1, ""), entry(3, "a=ü")];
        assert_eq!(persisted, Persisted { term: 3, voted_for: 2, entries, dropped_bytes: 0 });
    }

    #[test]
    fn the_first_record_that_makes_no_sense_ends_the_log() {
        let good = record(1, 1, vec![entry(1, "a=1")]);
        let mut flipped = record(2, 2, vec![]);
        *flipped.last_mut().unwrap() ^= 1;
        for bad in [
            record(2, 9, vec![]),
            record(2, 0, vec![entry(1, "")]),
            flipped,
            good[..good.len() - 1].to_vec(),
            vec![0; 20],
        ] {
            let mut persisted = Persisted::default();
            assert_eq!(persisted.take_records(&[good.clone(), bad].concat()), good.len());
            assert_eq!(persisted.entries, [entry(1, "a=1")]);
        }
    }

    #[test]
    fn a_torn_log_is_cut_and_another_programs_file_is_refused() {
        let folder = folder("torn");
        let file = folder.join("node-1.log");
        let whole = [SIGNATURE.to_vec(), record(1, 1, vec![entry(1, "a=1")])].concat();
        fs::write(&file, [whole.clone(), vec![1, 2, 3]].concat()).unwrap();
        let (log, persisted) = open_log(&folder, 1, true).unwrap();
        assert_eq!((persisted.entries.len(), persisted.dropped_bytes), (1, 3));
        log.write(b"x").unwrap();
        assert_eq!(fs::read(&file).unwrap(), [whole, b"x".to_vec()].concat());
        fs::write(&file, b"something else").unwrap();
        assert!(open_log(&folder, 1, false).is_err());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_is_claimed_once() {
        let folder = folder("claim");
        let first = claim(&folder);
        assert!(first.is_ok());
        assert!(claim(&folder).err().unwrap().contains("in use"));
        drop(first);
        assert!(claim(&folder).is_ok());
        fs::remove_dir_all(folder).unwrap();
    }
}
