import clsx from "clsx";
import { type ComponentProps, useId } from "react";
import { Icon } from "./icon";

type SelectProps<Value extends string> = Omit<ComponentProps<"select">, "value" | "onChange" | "children"> & {
  label: string;
  /** Whether only screen readers get the label, where the values say enough. */
  labelHidden?: boolean;
  value: Value;
  options: readonly (readonly [value: Value, text: string])[];
  onChange: (value: Value) => void;
};

/** The platform's own select: it works before scripts do, with every input device, and costs nothing to load. */
export function Select<Value extends string>({
  label,
  labelHidden,
  value,
  options,
  onChange,
  className,
  ...select
}: SelectProps<Value>) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className={labelHidden ? "sr-only" : "mb-1.5 block text-sm font-medium"}>
        {label}
      </label>
      <div className="relative">
        <select
          {...select}
          id={id}
          value={value}
          onChange={(event) => onChange(event.target.value as Value)}
          className={clsx(
            "w-full cursor-pointer appearance-none truncate border border-line-strong bg-surface pr-9 pl-3.5 text-base sm:text-sm",
            className ?? "h-11 rounded-xl",
          )}
        >
          {options.map(([option, text]) => (
            <option key={option} value={option}>
              {text}
            </option>
          ))}
        </select>
        <Icon
          name="down"
          className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-muted"
        />
      </div>
    </div>
  );
}
