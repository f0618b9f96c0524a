import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { useEarlyKeys } from "./use-early-keys";

type PageProps = { onKey?: (pressed: string, where: string) => void };

function Page({ onKey }: PageProps) {
  useEarlyKeys(onKey !== undefined);
  return (
    <main onKeyDown={({ key, target }) => onKey?.(key, (target as Element).tagName)}>
      <button type="button">row</button>
      <input />
    </main>
  );
}

it("presses the keys again, where they were pressed, when there is code for them", async () => {
  const onKey = vi.fn();
  const { rerender } = render(<Page />);
  screen.getByRole("button").focus();
  await userEvent.keyboard("j");
  screen.getByRole("textbox").focus();
  await userEvent.keyboard("{Control>}k{/Control}");
  rerender(<Page onKey={onKey} />);
  expect(onKey.mock.calls).toEqual([
    ["j", "BUTTON"],
    ["Control", "INPUT"],
    ["k", "INPUT"],
  ]);

  onKey.mockClear();
  await userEvent.keyboard("n");
  rerender(<Page onKey={onKey} />);
  expect(onKey.mock.calls).toEqual([["n", "INPUT"]]);
});

it("presses no key again that was written, or that pressed a button", async () => {
  const onKey = vi.fn();
  const { rerender } = render(<Page />);
  screen.getByRole("button").focus();
  await userEvent.keyboard("{Enter} ");
  screen.getByRole("textbox").focus();
  await userEvent.keyboard("milk{Escape}");
  rerender(<Page onKey={onKey} />);
  expect(onKey).not.toHaveBeenCalled();
});
