type TodoCheckboxProps = {
  label: string;
  checked: boolean;
  disabled: boolean;
  onChange: (checked: boolean) => void;
};

/** A native checkbox in the shape of a circle; its target is 44 px wide, the circle 24. */
export function TodoCheckbox({ label, checked, disabled, onChange }: TodoCheckboxProps) {
  return (
    <input
      type="checkbox"
      data-does="complete"
      checked={checked}
      disabled={disabled}
      onChange={(event) => onChange(event.target.checked)}
      aria-label={label}
      className="tick"
    />
  );
}
