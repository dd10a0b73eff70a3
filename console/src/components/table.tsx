// A list as a table that becomes cards on a phone.
import type { ComponentChildren } from "preact";
import type { Pages } from "../api/request-hooks";
import { t } from "../i18n";
import { Empty, Skeleton } from "./screen-layout";
import { ProblemNotice } from "./problem-notice";

export interface Column<T> {
  name: string;
  cell: (row: T) => ComponentChildren;
  number?: boolean;
  /** Left out on a phone. */
  minor?: boolean;
}

interface Shape<T> {
  label: string;
  columns: Column<T>[];
  id: (row: T) => string;
  href?: (row: T) => string;
  /** A box to select rows. */
  selected?: Set<string>;
  select?: (row: T, on: boolean) => void;
  rowLabel?: (row: T) => string;
  /** A table of few short columns stays a table on a phone. */
  compact?: boolean;
}

export function Table<T>({ label, columns, rows, id, href, selected, select, rowLabel, compact }: Shape<T> & { rows: T[] }) {
  return (
    <table class={compact ? "list" : "list cards"} aria-label={label}>
      <thead>
        <tr>
          {select && (
            <th>
              <span class="hidden">{t("select")}</span>
            </th>
          )}
          {columns.map((column) => (
            <th scope="col" class={`${column.number ? "number" : ""} ${column.minor ? "minor" : ""}`}>
              {column.name || <span class="hidden">{t("actions")}</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={id(row)}>
            {select && (
              <td class="select">
                <input
                  type="checkbox"
                  aria-label={t("select.row", { row: rowLabel?.(row) ?? id(row) })}
                  checked={selected?.has(id(row))}
                  onChange={(event) => select(row, event.currentTarget.checked)}
                />
              </td>
            )}
            {columns.map((column, i) => (
              <td data-name={column.name} class={`${column.number ? "number" : ""} ${column.minor ? "minor" : ""}`}>
                {i === 0 && href ? (
                  <a class="row-link" href={href(row)}>
                    {column.cell(row)}
                  </a>
                ) : (
                  column.cell(row)
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Pages of a list with everything around them: skeleton (of the `expected` length), refusal, empty state, the next page. */
export function List<T>({ pages, empty, children, expected = 5, ...shape }: Shape<T> & { pages: Pages<T>; empty: string; expected?: number; children?: ComponentChildren }) {
  if (pages.problem) return <ProblemNotice problem={pages.problem} retry={() => void pages.reload()} />;
  if (!pages.data) return <Skeleton rows={expected} />;
  if (!pages.data.length) return <Empty text={empty}>{children}</Empty>;
  return (
    <>
      <Table {...shape} rows={pages.data} />
      {pages.more && (
        <p class="more">
          <button type="button" class="secondary" aria-busy={pages.loading} onClick={() => void pages.more?.()}>
            {t("more")}
          </button>
        </p>
      )}
    </>
  );
}
