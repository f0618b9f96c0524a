import { ProgressRing } from "@/components/ui/progress-ring";
import type { TodoPage } from "@/lib/api/todos";
import { isNarrowed, type TodoView } from "@/lib/todo-view";

type Counts = TodoPage["counts"];

/** The page's heading: how much is left, or that only a part is shown. */
export function TodoHeader({ view, counts: known }: { view: TodoView; counts: Counts | undefined }) {
  // What a search or filter counts is not all that there is.
  const counts = isNarrowed(view) ? undefined : known;
  return (
    <div className="mb-7 flex items-center justify-between gap-4">
      <h1 className="text-3xl font-bold tracking-[-0.025em] text-balance sm:text-4xl">
        {headline(view, counts)}
      </h1>
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

function headline(view: TodoView, counts: Counts | undefined): string {
  if (view.q) return "Search results";
  if (!counts) return isNarrowed(view) ? "Some of your todos" : "Your todos";
  if (counts.total === 0) return "A clear day";
  if (counts.pending === 0) return "Everything is done";
  return counts.pending === 1 ? "One thing to do" : `${counts.pending} things to do`;
}
