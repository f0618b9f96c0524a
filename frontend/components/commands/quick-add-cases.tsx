"use client";

import { useQuery } from "@tanstack/react-query";
import { loadTodosApi } from "@/lib/api/load";

/** What the field for new todos understands: the backend's own table, which its tests read. */
export function QuickAddCases() {
  const { data, isError } = useQuery({
    queryKey: ["quick-add-cases"],
    queryFn: async () => (await loadTodosApi()).listCases(),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

  return (
    <section className="mt-4">
      <h3 className="mb-1 text-sm font-semibold">In the field for a new todo</h3>
      <p className="text-sm text-muted">
        Dates, times and repeats are read at the start and at the end of a line, #tags and !priority anywhere.
        A backslash before a word, or “quotes” around it, keep it text. The examples are of Wednesday, 25
        November 2026, 10:30 in New York.
      </p>
      {isError && <p className="mt-2 text-sm">The examples could not be loaded. Open the help again.</p>}
      {data?.map(({ title, cases }) => (
        <details key={title} className="border-b border-line">
          <summary className="cursor-pointer py-3 text-sm font-medium marker:text-muted">{title}</summary>
          <dl className="pb-3 text-sm">
            {cases.map(({ text, meaning }) => (
              <div key={text} className="grid gap-x-4 py-1.5 sm:grid-cols-2">
                <dt>
                  <code className="font-sans font-semibold wrap-anywhere">{text}</code>
                </dt>
                <dd className="wrap-anywhere text-muted">
                  {meaning ? parts(meaning) : "all of it is the title"}
                </dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
    </section>
  );
}

/** The parts of a meaning: its title, and what was understood. */
function parts(meaning: string) {
  const [title, ...understood] = meaning.split(" ~ ");
  return (
    <>
      {title}
      {understood.map((part) => (
        <span key={part} className="ml-1.5 inline-block rounded-md bg-accent-soft px-1.5 text-ink">
          {part}
        </span>
      ))}
    </>
  );
}
