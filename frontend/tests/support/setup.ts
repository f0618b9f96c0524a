import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";

// Here, and not in the files that need it: these share their modules, so each must get the same.
vi.mock("next/navigation", () => import("./navigation"));
vi.mock("@/lib/leave-to", () => import("./leave-to"));

// A busy machine is slow: only what does not come at all fails, before vitest.config.ts' limit for the whole test.
configure({ asyncUtilTimeout: 240_000 });

// jsdom has no pointer capture, which the toasts use when they are swiped.
Element.prototype.setPointerCapture ??= () => {};

// The toasts' style sheet: jsdom tries each of its rules on every element that a test asks for, and lays nothing out.
beforeEach(() => {
  for (const sheet of document.querySelectorAll("style")) sheet.remove();
});

// With no style sheet but the browser's own, elements that are alike in what its rules read look alike. jsdom works a
// look out for each again, and for what it inherits, which was more than half of the time of these tests:
// https://github.com/jsdom/jsdom/issues/3234
const looks = new Map<string, CSSStyleDeclaration>();
const workOut = window.getComputedStyle.bind(window);
window.getComputedStyle = (element, pseudoElement) => {
  const read = ["hidden", "open", "type", "style"].map((name) => element.getAttribute(name));
  const key = JSON.stringify([element.localName, pseudoElement, ...read]);
  const look = looks.get(key) ?? workOut(element.cloneNode(false) as Element, pseudoElement);
  looks.set(key, look);
  return look;
};

afterEach(() => {
  cleanup();
  sessionStorage.clear();
  localStorage.clear();
});
