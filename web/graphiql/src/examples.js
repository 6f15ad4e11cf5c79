// The queries that GraphiQL opens with, one tab each; a tab is named after its operation.
export const examples = [
  {
    query: `# parley publishes peace and ceasefire negotiations.
# Ctrl-Enter runs the query; the book on the left opens the documentation;
# the other tabs hold more examples.
#
# The timeline of a talk and of all its rounds, oldest first.
query Timeline {
  talk(slug: "gaza-ceasefire-talks") {
    title
    talkStatus
    events(first: 20) {
      totalCount
      nodes {
        occurredOn {
          label
          edtf
        }
        title
        eventKind
        recurring
        talk {
          title
        }
      }
    }
  }
}
`,
  },
  {
    query: `# Who mediates and who negotiates, in what role.
query Participants {
  talk(slug: "gaza-ceasefire-talks") {
    title
    participations {
      nodes {
        capacity
        role
        actor {
          __typename
          name
          actorKind
        }
      }
    }
  }
}
`,
  },
  {
    query: `# What each side holds on an issue, and where we know it from.
query Positions {
  issue(slug: "sequencing-of-hostage-releases") {
    title
    summary {
      text
    }
    positions {
      nodes {
        holder
        stance
        summary {
          text
        }
        party {
          name
        }
        citations(first: 20) {
          quote
          source {
            title
          }
        }
      }
    }
  }
}
`,
  },
  {
    query: `# Questions and answers.
query Faq {
  article(slug: "ceasefire-talks-faq") {
    title
    questions {
      question
      answer {
        text
      }
    }
  }
}
`,
  },
  {
    query: `# Agreements from proposal to accord, with what they provide.
query Agreements {
  agreements {
    nodes {
      title
      agreementKind
      agreementStatus
      provisions {
        nodes {
          number
          title
          provisionTopic
          provisionStatus
          issue {
            title
          }
        }
      }
    }
  }
}
`,
  },
  {
    query: `# Any item by its id: the way that clients read again what they hold.
query ById($id: ID!) {
  node(id: $id) {
    __typename
    id
    ... on Content {
      label
      revision
      updatedAt
    }
    ... on Talk {
      title
      talkStatus
      startedOn {
        label
      }
    }
  }
}
`,
    variables: `{
  "id": "talk_6h0sgkxrysxwr"
}
`,
  },
];
