const RADIUS = 20;
const LENGTH = 2 * Math.PI * RADIUS;

/** How much of a whole is done, as a ring. Decoration: the numbers stand beside it as text. */
export function ProgressRing({ done, total }: { done: number; total: number }) {
  const share = total > 0 ? done / total : 0;
  return (
    <svg viewBox="0 0 48 48" className="size-12 -rotate-90" aria-hidden="true">
      <circle cx="24" cy="24" r={RADIUS} fill="none" strokeWidth="4" className="stroke-line" />
      <circle
        cx="24"
        cy="24"
        r={RADIUS}
        fill="none"
        strokeWidth="4"
        strokeLinecap="round"
        strokeDasharray={LENGTH}
        strokeDashoffset={LENGTH * (1 - share)}
        className="stroke-accent transition-[stroke-dashoffset] duration-500 ease-calm"
        opacity={share > 0 ? 1 : 0}
      />
    </svg>
  );
}
