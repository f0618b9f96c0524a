/**
 * A debugger of Node.js: `inspector.mjs PORT FILE LINE` sets one breakpoint, in every script that a source map leads
 * from to that line, as editors do. It prints "ready", and at each stop the code that comes next; then it goes on.
 */
import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

const [port, file, line] = process.argv.slice(2);
const [target] = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
const socket = new WebSocket(target.webSocketDebuggerUrl);
const answers = new Map();

function ask(method, params = {}) {
  const id = answers.size + 1;
  socket.send(JSON.stringify({ id, method, params }));
  return new Promise((resolve) => answers.set(id, resolve));
}

const events = {
  "Debugger.scriptParsed": (script) => seeking.push(seek(script)),
  "Debugger.paused": async ({ reason, callFrames }) => {
    await Promise.all(seeking);
    if (reason !== "instrumentation") console.log(`stopped at: ${await code(callFrames[0].location)}`);
    await ask("Debugger.resume");
  },
};
const seeking = [];

/** Sets the breakpoint where a script has been made from its line. */
async function seek({ scriptId, url, sourceMapURL }) {
  if (!sourceMapURL || url.includes("/node_modules/")) return;
  const text = sourceMapURL.startsWith("data:")
    ? await (await fetch(sourceMapURL)).text()
    : await readFile(fileURLToPath(new URL(sourceMapURL, url)), "utf8");
  if (!text.includes(file)) return;
  const map = new SourceMap(JSON.parse(text));
  for (const [lineNumber, made] of (await source(scriptId)).entries()) {
    const columnNumber = made.search(/\S/);
    const from = columnNumber < 0 ? {} : map.findEntry(lineNumber, columnNumber);
    if (!from.originalSource?.endsWith(file) || from.originalLine !== Number(line) - 1) continue;
    await ask("Debugger.setBreakpoint", { location: { scriptId, lineNumber, columnNumber } });
    return;
  }
}

async function source(scriptId) {
  return (await ask("Debugger.getScriptSource", { scriptId })).scriptSource.split("\n");
}

async function code({ scriptId, lineNumber }) {
  const statement = (await source(scriptId)).slice(lineNumber, lineNumber + 5);
  return statement.map((text) => text.trim()).join(" ");
}

socket.onmessage = ({ data }) => {
  const { id, result, error, method, params } = JSON.parse(data);
  if (error) throw new Error(error.message);
  if (id) answers.get(id)(result);
  else events[method]?.(params);
};
await new Promise((resolve) => {
  socket.onopen = resolve;
});
await ask("Debugger.enable");
// A script runs only after its breakpoint is set.
await ask("Debugger.setInstrumentationBreakpoint", { instrumentation: "beforeScriptWithSourceMapExecution" });
await Promise.all(seeking);
console.log("ready");
