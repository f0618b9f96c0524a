import { expect, it } from "vitest";
import { forgetSession, inTurn } from "./first-write";

/** Writes that are answered when the test says so. */
function server() {
  const answers: ((response: Response) => void)[] = [];
  const write = () => inTurn(() => new Promise<Response>((resolve) => answers.push(resolve)));
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  return { answers, write, settled };
}

it("holds other writes back until the first one has made the session, and again when that has ended", async () => {
  const { answers, write, settled } = server();
  const writes = [write(), write()];
  await settled();
  expect(answers).toHaveLength(1);

  answers[0]?.(new Response(null, { status: 503 }));
  await settled();
  expect(answers).toHaveLength(2);
  answers[1]?.(new Response(null, { status: 201 }));
  await Promise.all(writes);

  void write();
  void write();
  expect(answers).toHaveLength(4);

  forgetSession();
  void write();
  void write();
  await settled();
  expect(answers).toHaveLength(5);
});
