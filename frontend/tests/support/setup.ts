import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// A busy machine is slow; what does not come at all fails a little later.
configure({ asyncUtilTimeout: 5_000 });

// jsdom has no pointer capture, which the toasts use when they are swiped.
if (typeof Element !== "undefined") Element.prototype.setPointerCapture ??= () => {};

afterEach(cleanup);
