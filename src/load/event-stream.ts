import type { ServerSentEvent } from '../model/workload.ts';

/** Takes the bytes of a text/event-stream (WHATWG HTML, section 9.2), however they are split, and gives its events. */
export function createEventStreamReader(onEvent: (event: ServerSentEvent) => void): (bytes: Uint8Array) => void {
  // Drops a byte order mark at the start and keeps a character that is split between pieces.
  const decoder = new TextDecoder();
  let unread = '';
  let id: string | null = null;
  let event = '';
  let data: string[] = [];

  const dispatch = () => {
    if (data.length > 0) onEvent({ id, event: event === '' ? 'message' : event, data: data.join('\n') });
    event = '';
    data = [];
  };
  const readLine = (line: string) => {
    if (line === '') return dispatch();
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  };

  return (bytes) => {
    unread += decoder.decode(bytes, { stream: true });
    for (;;) {
      const end = unread.search(/[\r\n]/);
      // A CR at the very end may be half of a CRLF.
      if (end === -1 || (unread[end] === '\r' && end === unread.length - 1)) return;
      const line = unread.slice(0, end);
      unread = unread.slice(unread[end] === '\r' && unread[end + 1] === '\n' ? end + 2 : end + 1);
      readLine(line);
    }
  };
}
