/** What can be done on the page, in one registry: the command palette, the keys and the help all read it. */

export const COMMAND_GROUPS = ["Todos", "View", "Data", "Assistant", "Account", "Help"] as const;

export type Command = {
  /** Unique, as in "todo.add". */
  id: string;
  title: string;
  group: (typeof COMMAND_GROUPS)[number];
  run: () => void;
  /** Each of them runs it: a `key` of a KeyboardEvent, behind "Mod+" for Ctrl or, on a Mac, Cmd, or "Alt+". */
  keys?: readonly string[];
  /** Where its keys work: on the whole page, or only while the focus is in the list. */
  scope?: "page" | "list";
  /** More words that find it in the palette. */
  keywords?: string;
  /** Left out of the palette; its keys work and the help names them. */
  hidden?: boolean;
};

const registered = new Map<object, readonly Command[]>();
const listeners = new Set<() => void>();
let snapshot: readonly Command[] = [];

/**
 * Adds the commands of one owner, or puts them in the place of those that it had.
 * @returns what takes them away again.
 */
export function registerCommands(owner: object, commands: readonly Command[]): () => void {
  registered.set(owner, commands);
  changed();
  return () => {
    if (registered.get(owner) !== commands) return;
    registered.delete(owner);
    changed();
  };
}

function changed(): void {
  const all = [...registered.values()].flat();
  snapshot = COMMAND_GROUPS.flatMap((group) => all.filter((command) => command.group === group));
  for (const listener of listeners) listener();
}

export function subscribeToCommands(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** All commands of this moment, ordered by group; the same array until one changes. */
export function currentCommands(): readonly Command[] {
  return snapshot;
}

/** What takes the latest change back. In a field with text it is the field's own. */
export const UNDO_KEY = "Mod+z";

type Keystroke = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey"> & { code?: string };

/** The command of a scope that a keystroke runs. Shift is part of the key itself, as in "?". */
export function commandFor(stroke: Keystroke, scope: "page" | "list"): Command | undefined {
  return snapshot.find(
    (command) => (command.scope ?? "page") === scope && command.keys?.some((key) => strikes(stroke, key)),
  );
}

function strikes(stroke: Keystroke, key: string): boolean {
  const [held, plain] = parts(key);
  const mod = stroke.ctrlKey || stroke.metaKey;
  return (
    mod === (held === "Mod") &&
    stroke.altKey === (held === "Alt") &&
    keyOf(stroke).toLowerCase() === plain.toLowerCase()
  );
}

/** What a stroke writes; where that is no Latin letter, what it would write there on a Latin keyboard. */
function keyOf({ key, code }: Keystroke): string {
  const letter = /^Key([A-Z])$/.exec(code ?? "")?.[1];
  return letter && /^[^\p{ASCII}\p{Script=Latin}]/u.test(key) ? letter.toLowerCase() : key;
}

/** A key's modifier, if it has one, and the key without it. */
function parts(key: string): ["Mod" | "Alt" | undefined, string] {
  const [, held, plain] = /^(Mod|Alt)\+(.+)$/.exec(key) ?? [];
  return plain ? [held as "Mod" | "Alt", plain] : [undefined, key];
}

/** Whether a keystroke is a character typed without Ctrl, Cmd or Alt, which speech input may type by accident. */
export function isSingleKey(stroke: Keystroke): boolean {
  return keyOf(stroke).length === 1 && !stroke.ctrlKey && !stroke.metaKey && !stroke.altKey;
}

const NAMES: Record<string, string> = {
  " ": "Space",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
};

/** The keys to press, as they are written on a keyboard. */
export function keyNames(key: string, mac: boolean): string[] {
  const [held, plain] = parts(key);
  const name = NAMES[plain] ?? (held === "Mod" ? plain.toUpperCase() : plain);
  if (!held) return [name];
  return [mac ? { Mod: "⌘", Alt: "⌥" }[held] : { Mod: "Ctrl", Alt: "Alt" }[held], name];
}
