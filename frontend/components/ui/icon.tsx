import clsx from "clsx";

type IconProps = {
  name: "checks" | "command" | "down" | "person" | "plus" | "search" | "sparkles";
  className?: string;
};

/** An icon of icons.css, for what every page shows at first; everything else takes the library's. */
export function Icon({ name, className }: IconProps) {
  return <span aria-hidden="true" className={clsx(`icon icon-${name}`, className)} />;
}
