import { ApiError } from "./error";

/**
 * The calls of the todo API. The first rendering asks the server for nothing, so their code comes after it.
 * @throws ApiError when it cannot be loaded, as when the server itself is out of reach.
 */
export async function loadTodosApi(): Promise<typeof import("./todos")> {
  try {
    return await import("./todos");
  } catch (cause) {
    throw new ApiError(null, {}, { cause });
  }
}
