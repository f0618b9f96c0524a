import { ProgressRing } from "@/components/ui/progress-ring";
import type { TodoPage } from "@/lib/api/todos";

/** The page's heading: how much is left. `counts` is missing while a search narrows what they count. */
export function TodoHeader({ counts }: { counts: TodoPage["counts"] | undefined }) {
  return (
    <div className="mb-7 flex items-center justify-between gap-4">
      <h1 className="text-3xl font-bold tracking-[-0.025em] text-balance sm:text-4xl">{headline(counts)}</h1>
      {counts && counts.total > 0 && (
        <div className="flex shrink-0 items-center gap-3">
          <p className="hidden text-right text-sm leading-tight text-muted tabular-nums sm:block">
            <span className="font-semibold text-ink">
              {counts.completed} of {counts.total}
            </span>
            <br />
            completed
          </p>
          <ProgressRing done={counts.completed} total={counts.total} />
        </div>
      )}
    </div>
  );
}

function headline(counts: TodoPage["counts"] | undefined): string {
  if (!counts) return "Search results";
  if (counts.total === 0) return "A clear day";
  if (counts.pending === 0) return "Everything is done";
  return counts.pending === 1 ? "One thing to do" : `${counts.pending} things to do`;
}
