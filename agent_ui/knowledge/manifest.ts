import { defineArea } from "../shared/manifest"

export default defineArea({
  words: () => import("./words").then(it => it.useKnowledgeWords),
  rail: {
    name: "knowledge",
    path: "/knowledge",
    label: "nav.knowledge",
    icon: "i-lucide-book-open",
    action: "go_knowledge",
    load: () => import("./pages/KnowledgePage.vue"),
  },
  others: [
    {
      name: "article-new",
      path: "/knowledge/new",
      permission: "article.publish",
      load: () => import("./pages/ArticleEditorPage.vue"),
    },
    {
      name: "article",
      path: "/knowledge/:id",
      permission: "article.publish",
      load: () => import("./pages/ArticleEditorPage.vue"),
    },
  ],
})
