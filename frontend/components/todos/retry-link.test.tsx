import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRouter } from "next/navigation";
import { expect, it } from "vitest";
import { RetryLink } from "./retry-link";

it("asks for the page again on a press, without leaving it", async () => {
  render(<RetryLink />);
  await userEvent.click(screen.getByText("Try again"));
  expect(useRouter().refresh).toHaveBeenCalledTimes(1);
});
