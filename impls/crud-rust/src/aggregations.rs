use std::collections::HashMap;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use program::{Problem, json};
use serde::Serialize;
use uuid::Uuid;

use crate::body::read_object;
use crate::database::Instant;
use crate::service::{Answer, Session, Shared, id_in_path};

const MAX_AGGREGATED_FILES: usize = 64;
const FLOAT32_BYTES: usize = size_of::<f32>();

/// What the client gets on acceptance.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Queued {
    id: Uuid,
    status: String,
    created_at: Instant,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Aggregation {
    id: Uuid,
    status: String,
    result_file_id: Option<Uuid>,
    reason: Option<String>,
    created_at: Instant,
    finished_at: Option<Instant>,
}

pub async fn accept(State(service): Shared, session: Session, request: Request) -> Answer {
    let ids = read_object(request, &["fileIds"]).await?.ids("fileIds", MAX_AGGREGATED_FILES)?;
    let sql = "SELECT id, size_bytes FROM files WHERE user_id = $1 AND id = ANY($2::uuid[])";
    let found = service.db.rows(sql, &[&session.user.id, &ids]).await?;
    let sizes: HashMap<Uuid, i32> = found.iter().map(|row| (row.get(0), row.get(1))).collect();
    check_vectors(&ids, &sizes)?;
    let sql = "WITH job AS (INSERT INTO aggregations (user_id, file_ids) VALUES ($1, $2) RETURNING id, status, created_at) \
               SELECT id, status, created_at, pg_notify('aggregation_queued', id::text) FROM job";
    let row = service.db.only_row(sql, &[&session.user.id, &ids]).await?;
    let queued = Queued { id: row.get(0), status: row.get(1), created_at: row.get(2) };
    let location = format!("/aggregations/{}", queued.id);
    Ok(([(LOCATION, location)], json(StatusCode::ACCEPTED, &queued)).into_response())
}

/// Files that are not there are refused before files that are no vectors of one length.
fn check_vectors(ids: &[Uuid], sizes: &HashMap<Uuid, i32>) -> Result<(), Problem> {
    let ordered: Option<Vec<usize>> =
        ids.iter().map(|id| sizes.get(id).map(|&size| usize::try_from(size).unwrap_or(0))).collect();
    if !are_vectors(&ordered.ok_or(Problem::NOT_FOUND)?) {
        return Err(Problem::invalid("the files must have one length, a multiple of 4 and not 0"));
    }
    Ok(())
}

pub async fn read(State(service): Shared, session: Session, Path(id): Path<String>) -> Answer {
    let id = id_in_path(&id)?;
    let sql = "SELECT id, status, result_file_id, reason, created_at, finished_at FROM aggregations \
               WHERE id = $1 AND user_id = $2";
    let row = service.db.row(sql, &[&id, &session.user.id]).await?.ok_or(Problem::NOT_FOUND)?;
    let aggregation = Aggregation {
        id: row.get(0),
        status: row.get(1),
        result_file_id: row.get(2),
        reason: row.get(3),
        created_at: row.get(4),
        finished_at: row.get(5),
    };
    Ok(json(StatusCode::OK, &aggregation))
}

/// Whether bodies of these sizes are float32 vectors of one length.
pub fn are_vectors(sizes: &[usize]) -> bool {
    sizes.iter().all(|&size| size > 0 && size % FLOAT32_BYTES == 0 && size == sizes[0])
}

/// Adds little-endian float32 vectors of one length position by position in float64, in the order given, divides by their count and rounds
/// to float32: byte-identical in every language.
pub fn mean(vectors: &[&[u8]]) -> Vec<u8> {
    let mut sums = vec![0_f64; vectors[0].len() / FLOAT32_BYTES];
    for vector in vectors {
        for (sum, value) in sums.iter_mut().zip(vector.chunks_exact(FLOAT32_BYTES)) {
            *sum += f64::from(f32::from_le_bytes([value[0], value[1], value[2], value[3]]));
        }
    }
    let count = vectors.len() as f64;
    sums.iter().flat_map(|sum| ((sum / count) as f32).to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn sums_are_of_float64_in_their_order() {
        let vectors = [vector(&[1e8, 1.0]), vector(&[1.0, 2.0]), vector(&[-1e8, 6.0])];
        let bodies: Vec<&[u8]> = vectors.iter().map(Vec::as_slice).collect();
        assert_eq!(mean(&bodies), vector(&[1.0 / 3.0, 3.0]));
        assert_eq!(mean(&[vector(&[-0.0]).as_slice()]), vector(&[0.0]));
    }

    #[test]
    fn vectors_have_one_length() {
        for (sizes, want) in [(&[4, 4][..], true), (&[4, 8], false), (&[0], false), (&[6], false)] {
            assert_eq!(are_vectors(sizes), want);
        }
        let id = Uuid::from_u128(1);
        assert_eq!(check_vectors(&[id], &HashMap::new()), Err(Problem::NOT_FOUND));
        assert_eq!(check_vectors(&[id, id], &HashMap::from([(id, 8)])), Ok(()));
    }
}
