/** The function, its answer remembered for as long as the object that it was asked about is in use. For functions whose answer is told by that object alone. */
export function remembered<K extends object, V>(answer: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { readonly value: V }>()
  return (key) => {
    let found = known.get(key)
    if (!found) {
      found = { value: answer(key) }
      known.set(key, found)
    }
    return found.value
  }
}

/** How many texts are remembered before all are forgotten. */
const ROOM = 8192

/** The same for a function of a text. */
export function rememberedTexts<V>(answer: (text: string) => V): (text: string) => V {
  const known = new Map<string, { readonly value: V }>()
  return (text) => {
    let found = known.get(text)
    if (!found) {
      found = { value: answer(text) }
      if (known.size >= ROOM) known.clear()
      known.set(text, found)
    }
    return found.value
  }
}
