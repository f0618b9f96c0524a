import type { ComponentType, ReactNode, SVGProps } from "react";

type NoticeProps = {
  icon: ComponentType<SVGProps<SVGSVGElement>>;
  title: string;
  /** The heading's level: 1 where the notice is the whole page. */
  level?: 1 | 2;
  children?: ReactNode;
  actions?: ReactNode;
};

/** A state that takes the place of content: nothing there, nothing found, something wrong. */
export function Notice({ icon: Icon, title, level = 2, children, actions }: NoticeProps) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div className="flex flex-col items-center px-6 py-14 text-center sm:py-16">
      <span className="mb-5 grid size-14 place-items-center rounded-full bg-accent-soft text-accent">
        <Icon aria-hidden="true" className="size-6" strokeWidth={1.75} />
      </span>
      <Heading className="max-w-full text-balance wrap-anywhere text-lg font-semibold tracking-tight">
        {title}
      </Heading>
      {children && (
        <div className="mt-1.5 max-w-sm text-pretty text-[0.9375rem] leading-relaxed text-muted">
          {children}
        </div>
      )}
      {actions && <div className="mt-6 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}
