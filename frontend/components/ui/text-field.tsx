import clsx from "clsx";
import { type ComponentProps, type ReactNode, useId } from "react";

type TextFieldProps = ComponentProps<"input"> & {
  label: string;
  /** What helps to fill it in; read out with the field. */
  hint?: string;
  /** What is wrong with it; read out at once and with the field. */
  problem?: ReactNode;
  /** A control over the end of the field. */
  end?: ReactNode;
};

/** A text input with its label above, and below it a hint or what is wrong. */
export function TextField({ label, hint, problem, end, className, ...input }: TextFieldProps) {
  const id = useId();
  const note = problem ?? hint;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <div className="relative">
        <input
          type="text"
          {...input}
          id={id}
          aria-invalid={problem ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
          className={controlClass(clsx("w-full px-3.5", end && "pr-11"))}
        />
        {end && <div className="absolute inset-y-0 right-0">{end}</div>}
      </div>
      {note && (
        <p
          id={`${id}-note`}
          role={problem ? "alert" : undefined}
          className={clsx("mt-1.5 text-sm", problem ? "font-medium text-danger" : "text-muted")}
        >
          {note}
        </p>
      )}
    </div>
  );
}

/** The looks of a control that takes a value. 16 px on phones, where a smaller text would make iOS zoom in. */
export function controlClass(className?: string): string {
  return clsx(
    "h-11 rounded-xl border border-line-strong bg-surface text-base text-ink placeholder:text-muted sm:text-sm",
    className,
  );
}
