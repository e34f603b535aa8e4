import type { PasswordHash } from '../credentials.ts';
import type { Sql } from '../database.ts';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
}

/** Undefined where the name is taken. */
export async function insertUser(sql: Sql, name: string, password: PasswordHash): Promise<User | undefined> {
  const [user] = await sql<User[]>`
    INSERT INTO users (name, password_salt, password_hash) VALUES (${name}, ${password.passwordSalt}, ${password.passwordHash})
    ON CONFLICT (name) DO NOTHING RETURNING id, name, created_at`;
  return user;
}

export async function selectPassword(
  sql: Sql,
  name: string,
): Promise<(PasswordHash & { readonly id: string }) | undefined> {
  const [user] = await sql<(PasswordHash & { readonly id: string })[]>`
    SELECT id, password_salt, password_hash FROM users WHERE name = ${name}`;
  return user;
}

export async function insertSession(sql: Sql, tokenSha256: Uint8Array, userId: string, ttlSec: number): Promise<Date> {
  const [session] = await sql<[{ expiresAt: Date }]>`
    INSERT INTO sessions (token_sha256, user_id, expires_at)
    VALUES (${tokenSha256}, ${userId}, now() + make_interval(secs => ${ttlSec})) RETURNING expires_at`;
  return session.expiresAt;
}

/** The user of a live session. */
export async function selectSessionUser(sql: Sql, tokenSha256: Uint8Array): Promise<User | undefined> {
  const [user] = await sql<User[]>`
    SELECT u.id, u.name, u.created_at FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.token_sha256 = ${tokenSha256} AND s.expires_at > now() AND s.revoked_at IS NULL`;
  return user;
}

/** Which of these sessions are live, as hexadecimal text. */
export async function selectLiveSessions(sql: Sql, tokenSha256s: Uint8Array[]): Promise<Set<string>> {
  const live = await sql<{ tokenSha256: Buffer }[]>`
    SELECT token_sha256 FROM sessions
    WHERE token_sha256 = ANY(${sql.types.byteas(tokenSha256s)}) AND expires_at > now() AND revoked_at IS NULL`;
  return new Set(live.map(({ tokenSha256 }) => tokenSha256.toString('hex')));
}

export async function revokeSession(sql: Sql, tokenSha256: Uint8Array): Promise<void> {
  await sql`UPDATE sessions SET revoked_at = now() WHERE token_sha256 = ${tokenSha256}`;
}
