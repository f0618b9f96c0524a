/**
 * A visitor's first write makes a guest. Another one that is sent before its cookie has come would make a
 * second guest, and what the first one wrote would be lost. So until one was answered they go in turn.
 */
let answered = false;
let turn: Promise<unknown> = Promise.resolve();

export function inTurn(send: () => Promise<Response>): Promise<Response> {
  if (answered) return send();
  const mine = turn.then(send);
  turn = mine.then(
    (response) => {
      answered ||= response.ok;
    },
    () => {},
  );
  return mine;
}

/** The visitor has no session any more: the next write makes a guest again. */
export function forgetSession(): void {
  answered = false;
}
