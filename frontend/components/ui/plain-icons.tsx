import type { SVGProps } from "react";

// The server alone draws the pages for errors, so their icons are drawn here: the icon library, which runs in the browser,
// would come along with every page once more.

/** For what is not found. */
export function Compass(props: SVGProps<SVGSVGElement>) {
  return (
    <svg aria-hidden="true" {...STROKES} {...props}>
      <circle cx="12" cy="12" r="10" />
      <path d="M16 8l-2.4 5.6L8 16l2.4-5.6z" />
    </svg>
  );
}

/** For what cannot be reached. */
export function CloudOff(props: SVGProps<SVGSVGElement>) {
  return (
    <svg aria-hidden="true" {...STROKES} {...props}>
      <path d="M7 18.5h10a4 4 0 0 0 .6-7.9A6 6 0 0 0 6.2 9.9 4.3 4.3 0 0 0 7 18.5z" />
      <path d="M4 3.5l16.5 17" />
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
