import clsx from "clsx";
import type { ComponentProps } from "react";

const looks = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover",
  quiet: "text-muted hover:bg-surface-hover hover:text-ink",
  outline: "border border-line bg-surface text-ink hover:bg-surface-hover",
};

type Look = { look?: keyof typeof looks };

/** The looks of a button, for what must be a link. */
export function buttonClass(look: keyof typeof looks = "primary", className?: string): string {
  return clsx(
    "inline-flex min-h-10 items-center justify-center gap-2 rounded-full px-4 text-sm font-semibold",
    "transition-[background-color,color,scale] duration-150 active:scale-[0.98] disabled:cursor-default disabled:active:scale-100",
    looks[look],
    className,
  );
}

export function Button({ look, className, type = "button", ...props }: ComponentProps<"button"> & Look) {
  return <button {...props} type={type} className={buttonClass(look, className)} />;
}
