import type { Sql } from '../database.ts';
import type { PasswordHash } from '../password.ts';

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
