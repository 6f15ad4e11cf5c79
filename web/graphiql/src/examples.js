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
  {
    query: `# The record as it was: what did it say when it began?
# asOf takes a time, atRevision the number of a revision.
query Past {
  then: talk(slug: "gaza-ceasefire-talks", atRevision: 1) {
    id
    title
    talkStatus
  }
  now: talk(slug: "gaza-ceasefire-talks") {
    id
    title
    talkStatus
    history(first: 5) {
      nodes {
        revision
        at
        reason
        changes {
          field
          before
          after
        }
      }
    }
  }
}
`,
  },
  {
    query: `# What changes in a talk and in what it leads to.
# The first answer comes at once and is empty.
# To see a change, run CorrectTalk in another window.
# The button that ran it stops it.
subscription Changes($talk: ID) {
  contentUpdates(talk: $talk) {
    next
    changes {
      revision
      op
      changedFields
      node {
        __typename
        label
      }
    }
  }
}
`,
    variables: `{
  "talk": "talk_6h0sgkxrysxwr"
}
`,
  },
  {
    query: `# A correction, with the note that readers see.
# It needs an editor's token in the tab Headers below:
#   {"Authorization": "Bearer parley_..."}
# which is kept until this browser tab is closed.
# Make it: parley token create --role editor --name me
mutation CorrectTalk($input: UpdateTalkInput!) {
  updateTalk(input: $input) {
    revision
    talk {
      title
      talkStatus
    }
  }
}
`,
    variables: `{
  "input": {
    "id": "talk_6h0sgkxrysxwr",
    "talkStatus": "SUSPENDED",
    "reason": "CORRECTION",
    "publicNote": "Say here what was wrong."
  }
}
`,
  },
];
