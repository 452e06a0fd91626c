// Package store reads orders.
package store

import (
	"os"
	"strings"
)

const Limit = 10 /* orders a page */

var sep = ','

// Order is one order.
type Order struct {
	Price float64
}

type Priced interface {
	Total(rate float64) float64
}

func (o *Order) Total(rate float64) float64 {
	if rate > 0 {
		return o.Price * rate
	}
	return o.Price
}

func Load(path string) []string {
	data, _ := os.ReadFile(path)
	each := func(line string) string {
		return strings.TrimSpace(line) + `raw`
	}
	return []string{each(string(data))}
}
