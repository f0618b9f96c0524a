const WIDTHS = ["w-3/5", "w-2/5", "w-1/2", "w-1/3"];

/** Stands where the list will be. */
export function ListSkeleton() {
  return (
    <div className="animate-pulse divide-y divide-line">
      <p className="sr-only">Loading todos</p>
      {WIDTHS.map((width) => (
        <div key={width} aria-hidden="true" className="flex h-15 items-center gap-4 px-5">
          <span className="size-6 rounded-full bg-line" />
          <span className={`h-3.5 rounded-full bg-line ${width}`} />
        </div>
      ))}
    </div>
  );
}
