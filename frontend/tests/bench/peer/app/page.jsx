import { cookies } from "next/headers";

/** A visitor's todos as plainly as a server renders them: what the cost of the app's page is compared with. */
export default async function Page() {
  const response = await fetch(`${process.env.BACKEND_URL}/api/todos?limit=50`, {
    cache: "no-store",
    headers: { cookie: (await cookies()).toString() },
  });
  const { items } = await response.json();
  return (
    <ul>
      {items.map(({ id, title, description, completed, priority, due, repeat, tags }) => (
        <li key={id}>
          <input type="checkbox" checked={completed} readOnly aria-label={title} /> {title}
          {description && <p>{description}</p>}
          <p>
            {due?.date} {due?.time} {repeat} {priority !== "normal" && `${priority} priority`}{" "}
            {tags.map((tag) => (
              <a key={tag} href={`/?tag=${tag}`}>
                #{tag}
              </a>
            ))}
          </p>
        </li>
      ))}
    </ul>
  );
}
