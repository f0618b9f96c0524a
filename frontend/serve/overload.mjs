/**
 * How many pages a server makes at once, and how many wait for their turn: together two seconds of its work, as one CPU
 * makes about 30 pages of 50 todos a second. By Little's law nobody waits much longer for a page. What comes while the
 * machine is busy with something else for a moment, as with starting pods, is served. A refusal waits for the pages in
 * the making, and each of these takes memory; yet while some wait for the backend, others are made.
 */
export const MOST_PAGES = { making: 0.2 * 30, waiting: 1.8 * 30 };

/** Files and probes, which cost next to nothing; everything else is a page. */
const CHEAP = /^\/(_next\/static\/.*|icon\.svg|favicon\.ico|livez|healthz)$/;

const BUSY_PAGE = Buffer.from(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Too busy · Todo</title>
<style>
  body { margin: 0; min-height: 100dvh; display: grid; place-items: center; background: #f9f8f4; color: #1b2724; font: 1rem/1.6 system-ui, sans-serif }
  main { box-sizing: border-box; width: 100%; max-width: 30rem; padding: 1.5rem }
  h1 { margin: 0; font-size: 1.5rem; line-height: 1.3 }
  a { color: inherit; font-weight: 600 }
  @media (prefers-color-scheme: dark) { body { background: #0d1412; color: #e6ece9 } }
</style>
<main>
  <h1>Too many visitors at once</h1>
  <p>The server is busy, so this page was not made. Nothing of yours is lost.</p>
  <p><a href="">Try again</a> in a few seconds.</p>
</main>
</html>
`);

const BUSY_HEADERS = {
  "Retry-After": "2",
  "Content-Type": "text/html; charset=utf-8",
  "Content-Length": BUSY_PAGE.length,
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "strict-origin-when-cross-origin",
};

/**
 * Answers as `listener` does, but has pages wait for their turn while the most are being made, and refuses a page at once
 * while the most wait. Without a limit each of many takes as long as all of them together, until nobody waits for any.
 * @param {import("node:http").RequestListener} listener
 * @param {{ making: number, waiting: number }} most
 * @returns {import("node:http").RequestListener}
 */
export function bounded(listener, most = MOST_PAGES) {
  let making = 0;
  /** What begins each page that waits, in order. */
  const waiting = new Set();
  return (request, response) => {
    if (CHEAP.test(request.url.split("?", 1)[0])) return listener(request, response);
    if (making >= most.making && waiting.size >= most.waiting)
      return response.writeHead(503, BUSY_HEADERS).end(request.method === "HEAD" ? undefined : BUSY_PAGE);
    const begin = () => {
      waiting.delete(begin);
      making += 1;
      listener(request, response);
    };
    // Sent, or given up by who asked for it, perhaps before its turn.
    response.once("close", () => {
      if (waiting.delete(begin)) return;
      making -= 1;
      waiting.values().next().value?.();
    });
    if (making < most.making) begin();
    else waiting.add(begin);
  };
}
