-- Former rows by their number, for reads of the past.
CREATE INDEX talk_participations_history_id ON talk_participations_history (id);
CREATE INDEX agreement_provisions_history_id ON agreement_provisions_history (id);
