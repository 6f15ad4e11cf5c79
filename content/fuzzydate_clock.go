package content

import "strings"

// readClock narrows a day to a time of that day, and returns the time with its offset written in full.
func (p *datePart) readClock(s, clock string) (canonical string, err error) {
	i := strings.IndexAny(clock, "Z+-")
	if i < 0 {
		return "", wrongDate(s, "has a time without a time zone: add Z or an offset, 2024-03-05T14:30+02:00")
	}
	east, zone, ok := readOffset(clock[i:])
	if !ok {
		return "", wrongDate(s, "has no such zone: write Z, or an offset from -23:59 to +23:59 such as +02:00")
	}
	fields := strings.Split(clock[:i], ":")
	if len(fields) != 2 && len(fields) != 3 {
		return "", wrongDate(s, "has no such time of day: write 14:30 or 14:30:05, then the zone")
	}
	length, seconds := int64(60), int64(0)
	p.precision = DatePrecisionMinute
	for i, field := range fields {
		n, ok := edtfNumber(field, 2)
		if top := [3]int{23, 59, 59}[i]; !ok || n > top {
			return "", wrongDate(s, "has no such time of day: write 00:00 to 23:59, and seconds from 00 to 59")
		}
		seconds += int64(n) * [3]int64{3600, 60, 1}[i]
	}
	if len(fields) == 3 {
		length, p.precision = 1, DatePrecisionSecond
	}
	p.from += seconds - east
	p.until = p.from + length - 1
	return clock[:i] + zone, nil
}

// readOffset returns the seconds that a zone is ahead of UTC, and the zone as it is written in full.
func readOffset(zone string) (east int64, canonical string, ok bool) {
	if zone == "Z" {
		return 0, zone, true
	}
	if zone[0] == 'Z' {
		return 0, "", false
	}
	hh, mm, minutes := strings.Cut(zone[1:], ":")
	if !minutes {
		mm = "00"
	}
	hours, hoursOK := edtfNumber(hh, 2)
	mins, minsOK := edtfNumber(mm, 2)
	if !hoursOK || !minsOK || hours > 23 || mins > 59 {
		return 0, "", false
	}
	east = int64(hours)*3600 + int64(mins)*60
	if east == 0 {
		return 0, "Z", true
	}
	if zone[0] == '-' {
		east = -east
	}
	return east, zone[:1] + hh + ":" + mm, true
}
