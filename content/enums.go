package content

// TalkLevel is an enumeration of the content model; the schema describes its values.
type TalkLevel string

// Values returns the values of the enumeration in the order of the model.
func (TalkLevel) Values() []string {
	return []string{
		"PROCESS",
		"TRACK",
		"ROUND",
	}
}

// TalkStatus is an enumeration of the content model; the schema describes its values.
type TalkStatus string

// Values returns the values of the enumeration in the order of the model.
func (TalkStatus) Values() []string {
	return []string{
		"PLANNED",
		"ONGOING",
		"PAUSED",
		"STALLED",
		"SUSPENDED",
		"COLLAPSED",
		"CONCLUDED_WITH_AGREEMENT",
		"CONCLUDED_WITHOUT_AGREEMENT",
		"UNKNOWN",
	}
}

// TalkFormat is an enumeration of the content model; the schema describes its values.
type TalkFormat string

// Values returns the values of the enumeration in the order of the model.
func (TalkFormat) Values() []string {
	return []string{
		"DIRECT",
		"INDIRECT_PROXIMITY",
		"INDIRECT_SHUTTLE",
		"MIXED",
		"UNKNOWN",
	}
}

// DiplomacyTrack is an enumeration of the content model; the schema describes its values.
type DiplomacyTrack string

// Values returns the values of the enumeration in the order of the model.
func (DiplomacyTrack) Values() []string {
	return []string{
		"TRACK_1",
		"TRACK_1_5",
		"TRACK_2",
		"TRACK_3",
		"BACK_CHANNEL",
		"UNKNOWN",
	}
}

// Stage is an enumeration of the content model; the schema describes its values.
type Stage string

// Values returns the values of the enumeration in the order of the model.
func (Stage) Values() []string {
	return []string{
		"PRE_NEGOTIATION",
		"CEASEFIRE_RELATED",
		"FRAMEWORK_PARTIAL",
		"FRAMEWORK_COMPREHENSIVE",
		"IMPLEMENTATION",
		"RENEWAL",
		"OTHER",
		"UNKNOWN",
	}
}

// ActorKind is an enumeration of the content model; the schema describes its values.
type ActorKind string

// Values returns the values of the enumeration in the order of the model.
func (ActorKind) Values() []string {
	return []string{
		"STATE",
		"IGO",
		"NGO",
		"ARMED_ORGANIZATION",
		"POLITICAL_PARTY",
		"COALITION",
		"PERSON",
		"OTHER",
		"UNKNOWN",
	}
}

// ParticipationRole is an enumeration of the content model; the schema describes its values.
type ParticipationRole string

// Values returns the values of the enumeration in the order of the model.
func (ParticipationRole) Values() []string {
	return []string{
		"NEGOTIATOR",
		"LEAD_MEDIATOR",
		"CO_MEDIATOR",
		"FACILITATOR",
		"GOOD_OFFICES",
		"HOST",
		"GUARANTOR",
		"WITNESS",
		"OBSERVER",
		"MONITOR",
		"OTHER",
		"UNKNOWN",
	}
}

// IssueCategory is an enumeration of the content model; the schema describes its values.
type IssueCategory string

// Values returns the values of the enumeration in the order of the model.
func (IssueCategory) Values() []string {
	return []string{
		"SEQUENCING",
		"CEASEFIRE_DURATION",
		"HOSTAGES_AND_PRISONERS",
		"TERRITORY_AND_WITHDRAWAL",
		"SECURITY_GUARANTEES",
		"HUMANITARIAN_ACCESS",
		"GOVERNANCE",
		"MONITORING",
		"DOMESTIC_POLITICS",
		"TRUST",
		"MEDIATION",
		"OTHER",
	}
}

// IssueNature is an enumeration of the content model; the schema describes its values.
type IssueNature string

// Values returns the values of the enumeration in the order of the model.
func (IssueNature) Values() []string {
	return []string{
		"SUBSTANTIVE",
		"PROCEDURAL",
		"RELATIONAL",
		"UNKNOWN",
	}
}

// IssueStatus is an enumeration of the content model; the schema describes its values.
type IssueStatus string

// Values returns the values of the enumeration in the order of the model.
func (IssueStatus) Values() []string {
	return []string{
		"RAISED",
		"UNDER_NEGOTIATION",
		"DEADLOCKED",
		"DEFERRED",
		"AGREED_IN_PRINCIPLE",
		"RESOLVED",
		"REOPENED",
		"DROPPED",
		"PERSISTENT",
		"UNKNOWN",
	}
}

// Stance is an enumeration of the content model; the schema describes its values.
type Stance string

// Values returns the values of the enumeration in the order of the model.
func (Stance) Values() []string {
	return []string{
		"DEMANDS",
		"SUPPORTS",
		"ACCEPTS",
		"ACCEPTS_WITH_CONDITIONS",
		"NO_POSITION",
		"OPPOSES",
		"REJECTS",
		"UNKNOWN",
	}
}

// Basis is an enumeration of the content model; the schema describes its values.
type Basis string

// Values returns the values of the enumeration in the order of the model.
func (Basis) Values() []string {
	return []string{
		"OFFICIAL_TEXT",
		"PUBLIC_STATEMENT",
		"REPORTED",
		"PRIVATE_ACCOUNT",
		"INFERRED",
		"UNKNOWN",
	}
}

// EventKind is an enumeration of the content model; the schema describes its values.
type EventKind string

// Values returns the values of the enumeration in the order of the model.
func (EventKind) Values() []string {
	return []string{
		"MEETING",
		"ROUND_OPENED",
		"ROUND_CLOSED",
		"STATEMENT",
		"PROPOSAL_TABLED",
		"ACCEPTANCE",
		"REJECTION",
		"CONCESSION",
		"AGREEMENT_SIGNED",
		"CEASEFIRE_DECLARED",
		"CEASEFIRE_IN_EFFECT",
		"CEASEFIRE_EXTENDED",
		"CEASEFIRE_VIOLATED",
		"CEASEFIRE_ENDED",
		"RELEASE",
		"WITHDRAWAL",
		"AID_ACCESS",
		"TALKS_STALLED",
		"TALKS_SUSPENDED",
		"TALKS_RESUMED",
		"TALKS_COLLAPSED",
		"MILITARY_EVENT",
		"OTHER",
	}
}

// EventRole is an enumeration of the content model; the schema describes its values.
type EventRole string

// Values returns the values of the enumeration in the order of the model.
func (EventRole) Values() []string {
	return []string{
		"AUTHOR",
		"SPEAKER",
		"PRESENT",
		"ADDRESSEE",
		"AFFECTED",
		"OTHER",
	}
}

// Outlook is an enumeration of the content model; the schema describes its values.
type Outlook string

// Values returns the values of the enumeration in the order of the model.
func (Outlook) Values() []string {
	return []string{
		"OPTIMISTIC",
		"CAUTIOUSLY_OPTIMISTIC",
		"GUARDED",
		"PESSIMISTIC",
		"MIXED",
		"UNKNOWN",
	}
}

// Verification is an enumeration of the content model; the schema describes its values.
type Verification string

// Values returns the values of the enumeration in the order of the model.
func (Verification) Values() []string {
	return []string{
		"CANDIDATE",
		"REPORTED",
		"CORROBORATED",
		"CONFIRMED",
		"DISPUTED",
		"RETRACTED",
		"UNKNOWN",
	}
}

// AgreementKind is an enumeration of the content model; the schema describes its values.
type AgreementKind string

// Values returns the values of the enumeration in the order of the model.
func (AgreementKind) Values() []string {
	return []string{
		"PROPOSAL",
		"HUMANITARIAN_PAUSE",
		"CEASEFIRE",
		"FRAMEWORK",
		"COMPREHENSIVE",
		"IMPLEMENTATION",
		"OTHER",
	}
}

// AgreementStatus is an enumeration of the content model; the schema describes its values.
type AgreementStatus string

// Values returns the values of the enumeration in the order of the model.
func (AgreementStatus) Values() []string {
	return []string{
		"HYPOTHETICAL",
		"DRAFT",
		"TABLED",
		"UNDER_REVIEW",
		"REJECTED",
		"SIGNED",
		"DECLARED",
		"IN_EFFECT",
		"EXPIRED",
		"COLLAPSED",
		"SUPERSEDED",
		"UNKNOWN",
	}
}

// AgreementSide is an enumeration of the content model; the schema describes its values.
type AgreementSide string

// Values returns the values of the enumeration in the order of the model.
func (AgreementSide) Values() []string {
	return []string{
		"UNILATERAL",
		"BILATERAL",
		"MULTILATERAL",
		"UNKNOWN",
	}
}

// AgreementScope is an enumeration of the content model; the schema describes its values.
type AgreementScope string

// Values returns the values of the enumeration in the order of the model.
func (AgreementScope) Values() []string {
	return []string{
		"FULL",
		"PARTIAL",
		"PROCESS",
		"UNKNOWN",
	}
}

// AgreementPurpose is an enumeration of the content model; the schema describes its values.
type AgreementPurpose string

// Values returns the values of the enumeration in the order of the model.
func (AgreementPurpose) Values() []string {
	return []string{
		"HUMANITARIAN",
		"PEACE_PROCESS",
		"HOLIDAY",
		"ELECTION",
		"OTHER",
		"UNKNOWN",
	}
}

// RelationKind is an enumeration of the content model; the schema describes its values.
type RelationKind string

// Values returns the values of the enumeration in the order of the model.
func (RelationKind) Values() []string {
	return []string{
		"RENEWS",
		"AMENDS",
		"IMPLEMENTS",
		"SUPERSEDES",
		"REAFFIRMS",
		"LINKED",
	}
}

// ProvisionTopic is an enumeration of the content model; the schema describes its values.
type ProvisionTopic string

// Values returns the values of the enumeration in the order of the model.
func (ProvisionTopic) Values() []string {
	return []string{
		"CEASEFIRE",
		"ARMY_INTEGRATION",
		"DISARMAMENT",
		"WITHDRAWAL",
		"MILITARY",
		"POLITICAL_PARTY",
		"GOVERNMENT_INTEGRATION",
		"CIVIL_SERVICE_INTEGRATION",
		"ELECTIONS",
		"INTERIM_GOVERNMENT",
		"NATIONAL_TALKS",
		"POWER_SHARING",
		"POLITICAL",
		"AUTONOMY",
		"FEDERATION",
		"INDEPENDENCE",
		"REFERENDUM",
		"LOCAL_POWER_SHARING",
		"REGIONAL_DEVELOPMENT",
		"CULTURAL_FREEDOMS",
		"BORDER_DEMARCATION",
		"LOCAL_GOVERNANCE",
		"TERRITORIAL",
		"AMNESTY",
		"PRISONER_RELEASE",
		"RECONCILIATION",
		"RIGHT_OF_RETURN",
		"JUSTICE",
		"REAFFIRMATION",
		"AGENDA",
		"PEACEKEEPING",
		"GENDER",
		"IMPLEMENTATION_COMMISSION",
		"MONITORING",
		"HUMANITARIAN_ACCESS",
		"HOSTAGE_RELEASE",
		"OTHER",
		"UNKNOWN",
	}
}

// ProvisionStatus is an enumeration of the content model; the schema describes its values.
type ProvisionStatus string

// Values returns the values of the enumeration in the order of the model.
func (ProvisionStatus) Values() []string {
	return []string{
		"PROPOSED",
		"AGREED",
		"REJECTED",
		"IMPLEMENTED",
		"UNKNOWN",
	}
}

// ArticleKind is an enumeration of the content model; the schema describes its values.
type ArticleKind string

// Values returns the values of the enumeration in the order of the model.
func (ArticleKind) Values() []string {
	return []string{
		"EXPLAINER",
		"ANALYSIS",
		"OPINION",
		"FAQ",
		"BRIEFING",
		"OTHER",
	}
}

// CitationStance is an enumeration of the content model; the schema describes its values.
type CitationStance string

// Values returns the values of the enumeration in the order of the model.
func (CitationStance) Values() []string {
	return []string{
		"SUPPORTS",
		"DISPUTES",
		"CONTEXT",
	}
}

// MatchKind is an enumeration of the content model; the schema describes its values.
type MatchKind string

// Values returns the values of the enumeration in the order of the model.
func (MatchKind) Values() []string {
	return []string{
		"EXACT",
		"PART_OF",
		"BROADER",
		"RELATED",
	}
}

// TranslationKind is an enumeration of the content model; the schema describes its values.
type TranslationKind string

// Values returns the values of the enumeration in the order of the model.
func (TranslationKind) Values() []string {
	return []string{
		"ORIGINAL",
		"OFFICIAL",
		"EDITORIAL",
		"MACHINE",
	}
}

// RevisionReason is an enumeration of the content model; the schema describes its values.
type RevisionReason string

// Values returns the values of the enumeration in the order of the model.
func (RevisionReason) Values() []string {
	return []string{
		"UPDATE",
		"NEW_INFORMATION",
		"CORRECTION",
		"CLARIFICATION",
		"RETRACTION",
		"TRANSLATION",
		"EDITORIAL",
		"PUBLICATION",
		"IMPORT",
		"REDACTION",
	}
}

// PubStatus is an enumeration of the content model; the schema describes its values.
type PubStatus string

// The statuses: public, held back until further notice, and taken back for good.
const (
	PubUsable   PubStatus = "USABLE"
	PubWithheld PubStatus = "WITHHELD"
	PubCanceled PubStatus = "CANCELED"
)

// Values returns the values of the enumeration in the order of the model.
func (PubStatus) Values() []string {
	return []string{
		"USABLE",
		"WITHHELD",
		"CANCELED",
	}
}

// Capacity is an enumeration of the content model; the schema describes its values.
type Capacity string

// Values returns the values of the enumeration in the order of the model.
func (Capacity) Values() []string {
	return []string{
		"MEDIATOR",
		"PARTY",
	}
}
