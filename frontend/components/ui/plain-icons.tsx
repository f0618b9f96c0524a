import type { SVGProps } from "react";

// The pages for errors come along with every page, so their icons are drawn here: the icon library, which runs in the
// browser, would come along with them once more.

/** For what is not found. */
export function Compass(props: SVGProps<SVGSVGElement>) {
  return (
    <svg aria-hidden="true" {...STROKES} {...props}>
      <circle cx="12" cy="12" r="10" />
      <path d="M16 8l-2.4 5.6L8 16l2.4-5.6z" />
    </svg>
  );
}

/** For what went wrong. */
export function Warning(props: SVGProps<SVGSVGElement>) {
  return (
    <svg aria-hidden="true" {...STROKES} {...props}>
      <path d="M12 3.5l9.5 17h-19z" />
      <path d="M12 10v4.5M12 17.5v.01" />
    </svg>
  );
}

const STROKES = {
  viewBox: "0 0 24 24",
  fill: "none",
  stroke: "currentColor",
  strokeLinecap: "round",
  strokeLinejoin: "round",
} as const;
