import type { Sql, TransactionSql } from '../database.ts';
import type { Page } from '../query.ts';

/** As the contract's answers have it. */
export interface File {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface FileContent {
  readonly version: number;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface NewContent {
  readonly contentType: string;
  readonly body: Uint8Array;
}

export async function insertFile(
  sql: Sql | TransactionSql,
  userId: string,
  name: string,
  { contentType, body }: NewContent,
): Promise<File> {
  const [file] = await sql<[File]>`
    INSERT INTO files (user_id, name, content_type, size_bytes, body)
    VALUES (${userId}, ${name}, ${contentType}, ${body.length}, ${body}) RETURNING ${columns(sql)}`;
  return file;
}

/** One row more than the page holds means that there is a next page. */
export function selectPage(sql: Sql, userId: string, { limit, after }: Page): Promise<File[]> {
  const below = after === undefined ? sql`` : sql`AND id < ${after}`;
  return sql<File[]>`
    SELECT ${columns(sql)} FROM files WHERE user_id = ${userId} ${below} ORDER BY id DESC LIMIT ${limit + 1}`;
}

export async function selectFile(sql: Sql, userId: string, id: string): Promise<File | undefined> {
  const [file] = await sql<File[]>`SELECT ${columns(sql)} FROM files WHERE id = ${id} AND user_id = ${userId}`;
  return file;
}

export async function selectVersion(
  sql: Sql,
  userId: string,
  id: string,
): Promise<Omit<FileContent, 'body'> | undefined> {
  const [file] = await sql<Omit<FileContent, 'body'>[]>`
    SELECT version, content_type FROM files WHERE id = ${id} AND user_id = ${userId}`;
  return file;
}

export async function selectContent(sql: Sql, userId: string, id: string): Promise<FileContent | undefined> {
  const [file] = await sql<FileContent[]>`
    SELECT version, content_type, body FROM files WHERE id = ${id} AND user_id = ${userId}`;
  return file;
}

/** Replaces the content where the file has one of the versions (any, where null); undefined where there is no such file or version. */
export async function updateContent(
  sql: Sql,
  userId: string,
  id: string,
  versions: number[] | null,
  { contentType, body }: NewContent,
): Promise<File | undefined> {
  const asRead = versions === null ? sql`` : sql`AND version = ANY(${sql.types.integers(versions)})`;
  const [file] = await sql<File[]>`
    UPDATE files SET body = ${body}, size_bytes = ${body.length}, content_type = ${contentType}, version = version + 1, updated_at = now()
    WHERE id = ${id} AND user_id = ${userId} ${asRead} RETURNING ${columns(sql)}`;
  return file;
}

export async function deleteFile(sql: Sql, userId: string, id: string): Promise<boolean> {
  const { count } = await sql`DELETE FROM files WHERE id = ${id} AND user_id = ${userId}`;
  return count === 1;
}

export function selectSizes(sql: Sql, userId: string, ids: string[]): Promise<{ id: string; sizeBytes: number }[]> {
  return sql<{ id: string; sizeBytes: number }[]>`
    SELECT id, size_bytes FROM files WHERE user_id = ${userId} AND id = ANY(${sql.types.uuids(ids)})`;
}

export function selectBodies(
  sql: TransactionSql,
  userId: string,
  ids: string[],
): Promise<{ id: string; body: Buffer<ArrayBuffer> }[]> {
  return sql<{ id: string; body: Buffer<ArrayBuffer> }[]>`
    SELECT id, body FROM files WHERE user_id = ${userId} AND id = ANY(${sql.types.uuids(ids)})`;
}

function columns(sql: Sql | TransactionSql) {
  return sql`id, name, content_type, size_bytes, version, created_at, updated_at`;
}
