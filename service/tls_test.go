package service_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/parleytest"
)

// certify writes a certificate for 127.0.0.1 with that number, and returns it.
func certify(t *testing.T, dir string, number int64) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(number), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	parleytest.Write(t, filepath.Join(dir, "cert.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	parleytest.Write(t, filepath.Join(dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	changed := time.Unix(1_700_000_000+number, 0) // so that each differs from the former
	for _, name := range []string{"cert.pem", "key.pem"} {
		if err := os.Chtimes(filepath.Join(dir, name), changed, changed); err != nil {
			t.Fatal(err)
		}
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTLS speaks HTTP/2 over TLS, also with a certificate that is renewed while the server runs, and not with a damaged one.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	first := certify(t, dir, 1)
	at := strings.Replace(parleytest.Start(t, "--tls-cert", filepath.Join(dir, "cert.pem"), "--tls-key", filepath.Join(dir, "key.pem")), "http://", "https://", 1)
	get := func(trusted *x509.Certificate) *http.Response {
		pool := x509.NewCertPool()
		pool.AddCert(trusted)
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
		defer transport.CloseIdleConnections()
		res, err := (&http.Client{Transport: transport}).Get(at + "?query=%7Btalks%7BtotalCount%7D%7D")
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res
	}
	if res := get(first); res.StatusCode != http.StatusOK || res.ProtoMajor != 2 {
		t.Errorf("answered %d by %s", res.StatusCode, res.Proto)
	}
	second := certify(t, dir, 2)
	if res := get(second); res.TLS.PeerCertificates[0].SerialNumber.Int64() != 2 {
		t.Error("the renewed certificate is not used")
	}
	parleytest.Write(t, filepath.Join(dir, "cert.pem"), "damaged")
	if res := get(second); res.StatusCode != http.StatusOK {
		t.Errorf("with a damaged file it is answered %d", res.StatusCode)
	}
	out, err := parleytest.Command(t, dir, "--tls-cert", "cert.pem").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "--tls-key") {
		t.Errorf("a certificate without a key: %v %s", err, out)
	}
}
