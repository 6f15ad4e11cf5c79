package bench

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"parley/bench/data"
	"parley/content"
	"parley/graph"
	"parley/store"
)
