import clsx from "clsx";
import type { ComponentProps } from "react";

const looks = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover",
  quiet: "text-muted hover:bg-surface-hover hover:text-ink",
  outline: "border border-line bg-surface text-ink hover:bg-surface-hover",
  danger: "bg-danger text-on-danger hover:bg-danger-hover",
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

/** The looks of a round button that shows only an icon; its target is 44 px wide. */
export function iconButtonClass(className?: string): string {
  return clsx(
    "grid size-11 shrink-0 place-items-center rounded-full text-muted transition hover:bg-surface-hover hover:text-ink",
    className,
  );
}

/** A button that shows only an icon; `label` is its name and its tooltip. */
export function IconButton({
  label,
  className,
  type = "button",
  ...props
}: ComponentProps<"button"> & { label: string }) {
  return (
    <button {...props} type={type} aria-label={label} title={label} className={iconButtonClass(className)} />
  );
}
