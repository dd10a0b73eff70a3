// Forms whose refusals are shown at their fields.
import { createContext, type ComponentChildren, type JSX } from "preact";
import { useContext, useEffect, useId, useRef } from "preact/hooks";
import type { Fault, Problem } from "../api/api-client";
import type { Act } from "../api/request-hooks";
import { t, translated } from "../i18n";
import { ProblemNotice } from "./problem-notice";

const Faults = createContext<Fault[]>([]);

interface FormProps {
  act: Pick<Act<never[], unknown>, "busy" | "problem">;
  submit: () => unknown;
  button: string;
  danger?: boolean;
  disabled?: boolean;
  cancel?: () => void;
  children: ComponentChildren;
}

/** A form with one act; while it runs the button is busy, and a second click does nothing. */
export function Form({ act, submit, button, danger, disabled, cancel, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (act.problem) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [act.problem]);
  return (
    <Faults.Provider value={act.problem?.faults ?? []}>
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!act.busy) submit();
        }}
      >
        {children}
        <ProblemNotice problem={act.problem} />
        <p class="row">
          <button type="submit" aria-busy={act.busy} disabled={disabled} class={danger ? "danger" : ""}>
            {button}
          </button>
          {cancel && (
            <button type="button" class="secondary" onClick={cancel}>
              {t("cancel")}
            </button>
          )}
        </p>
      </form>
    </Faults.Provider>
  );
}

/** The faults of a problem, for fields outside a Form. */
export function FaultsOf({ problem, children }: { problem: Problem | undefined; children: ComponentChildren }) {
  return <Faults.Provider value={problem?.faults ?? []}>{children}</Faults.Provider>;
}

interface FieldProps {
  label: string;
  /** JSON pointer of the body's member. */
  pointer?: string;
  hint?: ComponentChildren;
  value: string;
  onValue: (value: string) => void;
  type?: "text" | "email" | "tel" | "url" | "number" | "datetime-local" | "search" | "month";
  area?: boolean;
  rows?: number;
  options?: { value: string; text: string }[];
  required?: boolean;
  suffix?: string;
  maxLength?: number;
  inputMode?: JSX.HTMLAttributes<HTMLInputElement>["inputMode"];
  autofocus?: boolean;
  placeholder?: string;
  error?: string;
}

export function Field({ label, pointer, hint, value, onValue, type = "text", area, rows, options, suffix, error, autofocus, ...rest }: FieldProps) {
  const id = useId();
  const faults = useContext(Faults).filter((fault) => pointer && (fault.pointer === pointer || fault.pointer.startsWith(`${pointer}/`)));
  const wrong = faults.length > 0 || !!error;
  const described = [hint && `${id}-hint`, wrong && `${id}-fault`].filter(Boolean).join(" ") || undefined;
  const common = {
    id,
    value,
    "aria-invalid": wrong ? ("true" as const) : undefined,
    "aria-describedby": described,
    onInput: (event: JSX.TargetedEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>) =>
      onValue(event.currentTarget.value),
    ...rest,
  };
  return (
    <div class="field" data-pointer={pointer}>
      <label for={id}>
        {label}
        {rest.required && <span aria-hidden="true"> *</span>}
      </label>
      {options ? (
        <select {...common}>
          {options.map((one) => (
            <option value={one.value} selected={one.value === value}>
              {one.text}
            </option>
          ))}
        </select>
      ) : area ? (
        <textarea {...common} rows={rows ?? 4} />
      ) : (
        <span class={suffix ? "with-suffix" : undefined}>
          <input type={type} {...common} autoFocus={autofocus} />
          {suffix && <span class="suffix">{suffix}</span>}
        </span>
      )}
      {hint && (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      )}
      {wrong && (
        <small id={`${id}-fault`} class="fault">
          {error ?? faults.map((fault) => translated("fault", fault.code, fault.message)).join(" ")}
        </small>
      )}
    </div>
  );
}

export function Check({ label, checked, onChange, hint }: { label: ComponentChildren; checked: boolean; onChange: (on: boolean) => void; hint?: string }) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>
        {label}
        {hint && <small class="hint"> {hint}</small>}
      </span>
    </label>
  );
}

/** One choice among few, all of them visible. */
export function Choice<T extends string>({ label, value, onValue, options, pointer }: { label: string; value: T; onValue: (value: T) => void; options: { value: T; text: string }[]; pointer?: string }) {
  const name = useId();
  return (
    <fieldset class="choice" data-pointer={pointer}>
      <legend>{label}</legend>
      <div class="row">
        {options.map((one) => (
          <label>
            <input type="radio" name={name} value={one.value} checked={one.value === value} onChange={() => onValue(one.value)} />
            {one.text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
