import { CircleCheckBig, Leaf, ListFilter, ListTodo, SearchX } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { TodoPage } from "@/lib/api/todos";
import { quoted } from "@/lib/text";
import { EVERYTHING, isNarrowed, type TodoView } from "@/lib/todo-view";
import type { ChangeView } from "./use-todo-view";

type EmptyStateProps = {
  view: TodoView;
  counts: TodoPage["counts"] | undefined;
  onChange: ChangeView;
};

/** Why a view shows nothing, and the way on. */
export function EmptyState({ view, counts, onChange }: EmptyStateProps) {
  if (view.q) {
    return (
      <Notice
        icon={SearchX}
        title={`Nothing found for ${quoted(view.q)}`}
        actions={
          <Button look="outline" onClick={() => onChange({ q: "" })}>
            Clear search
          </Button>
        }
      >
        Titles and notes were searched{view.status === "all" ? "" : ` among the ${view.status} ones`}.
      </Notice>
    );
  }
  if (isNarrowed(view)) {
    return (
      <Notice
        icon={ListFilter}
        title="Nothing matches these filters"
        actions={
          <Button
            look="outline"
            onClick={() => onChange({ ...EVERYTHING, status: view.status, sort: view.sort })}
          >
            Clear filters
          </Button>
        }
      />
    );
  }
  if (!counts?.total) {
    return (
      <Notice icon={Leaf} title="Nothing to do yet">
        Write down the first thing above. It is saved as you go.
      </Notice>
    );
  }
  if (view.status === "pending") {
    return (
      <Notice icon={CircleCheckBig} title="All done">
        Nothing is left to do. Enjoy the quiet.
      </Notice>
    );
  }
  return (
    <Notice icon={ListTodo} title="Nothing completed yet">
      What you tick off gathers here.
    </Notice>
  );
}
