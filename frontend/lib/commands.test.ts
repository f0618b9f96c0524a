import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Command,
  commandFor,
  currentCommands,
  isSingleKey,
  keyNames,
  registerCommands,
  subscribeToCommands,
} from "./commands";
import { isComposing } from "./composing";

const command = (id: string, fields: Partial<Command> = {}): Command => ({
  id,
  title: id,
  group: "Todos",
  run: () => {},
  ...fields,
});
const ids = () => currentCommands().map(({ id }) => id);
const stroke = (key: string, held: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});

const removals: (() => void)[] = [];
const add = (owner: object, ...commands: Command[]) => removals.push(registerCommands(owner, commands));
afterEach(() => {
  for (const remove of removals.splice(0)) remove();
});

describe("the registry", () => {
  it("orders by group and keeps an owner's order", () => {
    add({}, command("help", { group: "Help" }), command("b"), command("a"));
    add({}, command("c"));
    expect(ids()).toEqual(["b", "a", "c", "help"]);
  });

  it("replaces what an owner had, and tells its listeners", () => {
    const owner = {};
    const listener = vi.fn();
    const stop = subscribeToCommands(listener);
    add(owner, command("old"));
    const before = currentCommands();
    expect(currentCommands()).toBe(before);
    add(owner, command("new"));
    expect(ids()).toEqual(["new"]);
    expect(listener).toHaveBeenCalledTimes(2);
    stop();
  });

  it("does not lose an owner's new commands when the old ones are taken away late", () => {
    const owner = {};
    const removeOld = registerCommands(owner, [command("old")]);
    add(owner, command("new"));
    removeOld();
    expect(ids()).toEqual(["new"]);
  });
});

describe("keys", () => {
  it.each([
    [stroke("k", { ctrlKey: true }), "page", "palette"],
    [stroke("K", { metaKey: true }), "page", "palette"],
    [stroke("k"), "page", undefined],
    [stroke("k"), "list", "up"],
    [stroke("ArrowUp"), "list", "up"],
    [stroke("ArrowUp", { altKey: true }), "list", "move"],
    [stroke("?"), "page", "help"],
    [stroke("?", { altKey: true }), "page", undefined],
    [stroke("?", { ctrlKey: true }), "page", undefined],
    [stroke("x"), "page", undefined],
  ] as const)("%j in the %s runs %s", (pressed, scope, expected) => {
    add(
      {},
      command("palette", { keys: ["Mod+k"] }),
      command("help", { keys: ["?"] }),
      command("up", { keys: ["k", "ArrowUp"], scope: "list" }),
      command("move", { keys: ["Alt+ArrowUp"], scope: "list" }),
      command("none"),
    );
    expect(commandFor(pressed, scope)?.id).toBe(expected);
  });

  it.each([
    [stroke("n"), true],
    [stroke(" "), true],
    [stroke("Delete"), false],
    [stroke("k", { ctrlKey: true }), false],
  ])("%j is a single one: %s", (pressed, expected) => {
    expect(isSingleKey(pressed)).toBe(expected);
  });

  it.each([
    ["Mod+k", false, "Ctrl K"],
    ["Mod+k", true, "⌘ K"],
    ["Alt+ArrowUp", false, "Alt ↑"],
    ["Alt+ArrowUp", true, "⌥ ↑"],
    [" ", false, "Space"],
    ["ArrowDown", false, "↓"],
    ["n", true, "n"],
  ])("%j is written for a Mac (%s) as %s", (key, mac, expected) => {
    expect(keyNames(key, mac).join(" ")).toBe(expected);
  });
});

it.each([
  ["Russian", "л", "KeyK", "Mod+k"],
  ["Greek", "κ", "KeyK", "Mod+k"],
  ["Hebrew", "ל", "KeyK", "Mod+k"],
  ["Arabic", "ن", "KeyK", "Mod+k"],
  ["Thai", "า", "KeyK", "Mod+k"],
  ["Hindi", "क", "KeyK", "Mod+k"],
  ["Georgian", "კ", "KeyK", "Mod+k"],
])("runs a command by the key's place on a %s keyboard", (_, key, code, keys) => {
  const run = vi.fn();
  const forget = registerCommands({}, [{ id: "x", title: "X", group: "Help", keys: [keys], run }]);
  expect(commandFor({ key, code, ctrlKey: true, metaKey: false, altKey: false }, "page")?.id).toBe("x");
  forget();
});

it.each([
  ["Dvorak", "t", "KeyK"],
  ["AZERTY", "é", "Digit2"],
  ["Turkish", "ı", "KeyK"],
])("goes by the letter on a %s keyboard, which is Latin", (_, key, code) => {
  const forget = registerCommands({}, [
    { id: "x", title: "X", group: "Help", keys: ["Mod+k"], run: vi.fn() },
  ]);
  expect(commandFor({ key, code, ctrlKey: true, metaKey: false, altKey: false }, "page")).toBeUndefined();
  forget();
});

it("takes the number of an input method's key for composing, too", () => {
  expect(isComposing({ isComposing: false, keyCode: 229 })).toBe(true);
  expect(isComposing({ isComposing: true, keyCode: 13 })).toBe(true);
  expect(isComposing({ isComposing: false, keyCode: 13 })).toBe(false);
});
