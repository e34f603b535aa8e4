import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../src/fuzz/outcome.ts';
import { compareOutcomes, type TargetOutcome } from '../../src/fuzz/verdict.ts';
import type { AllowedDifference } from '../../src/model/fuzz.ts';
import { readRequestBytes } from '../../src/model/request-bytes.ts';

const request = readRequestBytes('GET /x HTTP/1.1\r\n\r\n');
const ok: Outcome = { status: 200, mediaType: 'application/json', shape: '{}', headers: '', furtherCount: 0 };
const refused: Outcome = { ...ok, status: 400, mediaType: 'text/plain', shape: '15 bytes' };
const problem: Outcome = {
  ...ok,
  status: 404,
  mediaType: 'application/problem+json',
  shape: '{type: "urn:x:not-found"}',
};

function verdictOf(outcomes: readonly Outcome[], allowed: readonly AllowedDifference[] = []) {
  const seen: TargetOutcome[] = outcomes.map((outcome, index) => ({ implementation: 'abc'[index] ?? '', outcome }));
  return compareOutcomes(request, seen, { allowed, problemPrefix: 'urn:x:' });
}

const parser: AllowedDifference = { id: 'parser', why: '', applies: () => true, mayAnswer: [400] };

test('answers that agree are the same', () => {
  assert.deepEqual(verdictOf([ok, { ...ok }]), { kind: 'same' });
  assert.deepEqual(verdictOf([problem, problem]), { kind: 'same' });
});

test('another status, media type, shape, header or number of answers is a difference', () => {
  const others: Partial<Outcome>[] = [
    { status: 201 },
    { mediaType: 'text/html' },
    { shape: '{a: text}' },
    { headers: 'etag' },
    { furtherCount: 1 },
  ];
  for (const other of others)
    assert.equal(verdictOf([ok, { ...ok, ...other }]).kind, 'different', JSON.stringify(other));
});

test('an implementation with an allowed difference is set aside, and the others must agree', () => {
  assert.deepEqual(verdictOf([refused, ok, ok], [parser]), { kind: 'allowed', ids: ['parser'], compared: ['b', 'c'] });
  assert.equal(verdictOf([refused, ok, problem], [parser]).kind, 'different');
  assert.equal(verdictOf([refused, ok, ok], [{ ...parser, applies: () => false }]).kind, 'wrong');
  assert.deepEqual(verdictOf([refused, refused], [parser]), { kind: 'same' });
});

test('faults, silence and refusals without a problem document are wrong, also when all agree', () => {
  const wrong: readonly Partial<Outcome>[] = [
    { ...problem, status: 503 },
    { status: 'none' },
    { status: 'silent' },
    { status: 404, mediaType: 'text/html' },
    { ...problem, shape: '{type: "urn:other:not-found"}' },
  ];
  for (const one of wrong)
    assert.equal(
      verdictOf([
        { ...ok, ...one },
        { ...ok, ...one },
      ]).kind,
      'wrong',
      JSON.stringify(one),
    );
});
