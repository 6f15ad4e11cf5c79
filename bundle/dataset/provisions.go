package dataset

// provisions are the provisions that the flags of a row of the UCDP Peace Agreement Dataset name, in its order.
func (u *ucdp) provisions(x row) []map[string]any {
	var list []map[string]any
	for _, p := range flags() {
		if x.get(p[0]) != "1" {
			continue
		}
		list = append(list, map[string]any{
			"title": p[2], "provisionTopic": p[1], "provisionStatus": "AGREED",
			"citations": []map[string]any{u.cite("paid " + x.get("paid") + ", " + p[0])},
		})
	}
	return list
}

// flags are the columns of provisions, the topics that they are, and what these are called.
func flags() [][3]string {
	return [][3]string{
		{"cease", "CEASEFIRE", "Ceasefire"},
		{"intarmy", "ARMY_INTEGRATION", "Integration into the army"},
		{"ddr", "DISARMAMENT", "Disarmament, demobilisation and reintegration"},
		{"withd", "WITHDRAWAL", "Withdrawal of foreign forces"},
		{"mil_prov", "MILITARY", "Military provisions"},
		{"pp", "POLITICAL_PARTY", "Right to become a political party"},
		{"intgov", "GOVERNMENT_INTEGRATION", "Integration into the government"},
		{"intciv", "CIVIL_SERVICE_INTEGRATION", "Integration into the civil service"},
		{"elections", "ELECTIONS", "Elections"},
		{"interim", "INTERIM_GOVERNMENT", "Interim government"},
		{"natalks", "NATIONAL_TALKS", "National talks"},
		{"shagov", "POWER_SHARING", "Power sharing in the government"},
		{"pol_prov", "POLITICAL", "Political provisions"},
		{"aut", "AUTONOMY", "Autonomy"},
		{"fed", "FEDERATION", "Federation"},
		{"ind", "INDEPENDENCE", "Independence"},
		{"ref", "REFERENDUM", "Referendum"},
		{"shaloc", "LOCAL_POWER_SHARING", "Local power sharing"},
		{"regdev", "REGIONAL_DEVELOPMENT", "Regional development"},
		{"cul", "CULTURAL_FREEDOMS", "Cultural freedoms"},
		{"demarcation", "BORDER_DEMARCATION", "Demarcation of the border"},
		{"locgov", "LOCAL_GOVERNANCE", "Local governance"},
		{"terr_prov", "TERRITORIAL", "Territorial provisions"},
		{"amn", "AMNESTY", "Amnesty"},
		{"pris", "PRISONER_RELEASE", "Release of prisoners"},
		{"recon", "RECONCILIATION", "National reconciliation"},
		{"return", "RIGHT_OF_RETURN", "Right of return"},
		{"justice_prov", "JUSTICE", "Justice provisions"},
		{"reaffirm", "REAFFIRMATION", "Reaffirmation of an earlier agreement"},
		{"outlin", "AGENDA", "Outline of a negotiating agenda"},
		{"pko", "PEACEKEEPING", "Peacekeeping operation"},
		{"gender", "GENDER", "Gender provisions"},
		{"co_impl", "IMPLEMENTATION_COMMISSION", "Commission to oversee the implementation"},
	}
}
