type TodoCheckboxProps = {
  label: string;
  checked: boolean;
  disabled: boolean;
  onChange: (checked: boolean) => void;
};

/** A native checkbox in the shape of a circle; its target is 44 px wide, the circle 24. */
export function TodoCheckbox({ label, checked, disabled, onChange }: TodoCheckboxProps) {
  return (
    <span className="relative grid size-11 shrink-0 place-items-center">
      <input
        type="checkbox"
        data-does="complete"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        aria-label={label}
        className="peer absolute inset-0 appearance-none rounded-full"
      />
      <span className="pointer-events-none grid size-6 place-items-center rounded-full border-[1.75px] border-line-strong text-transparent transition-colors duration-200 peer-checked:border-accent peer-checked:bg-accent peer-checked:text-on-accent peer-enabled:peer-hover:border-accent">
        <svg viewBox="0 0 16 16" fill="none" aria-hidden="true" className="size-4">
          <path
            d="M3.5 8.6l3 3 6-6.6"
            pathLength="1"
            stroke="currentColor"
            strokeWidth="2"
            strokeLinecap="round"
            strokeLinejoin="round"
            className="tick"
          />
        </svg>
      </span>
    </span>
  );
}
