package main

import (
	"container/list"
	"sync"

	"github.com/jackc/pgx/v5/pgtype"
)

// maxCacheEntries bounds what empty bodies, which weigh nothing, can pile up.
const maxCacheEntries = 65_536

// cache keeps file bodies, least recently used out first, within a budget of body bytes.
type cache struct {
	mutex       sync.Mutex
	budgetBytes int64
	usedBytes   int64
	recent      *list.List // of *cachedBody, the most recently used in front
	byID        map[pgtype.UUID]*list.Element
}

type cachedBody struct {
	id      pgtype.UUID
	version int32
	body    []byte
}

func newCache(budgetBytes int64) *cache {
	return &cache{budgetBytes: budgetBytes, recent: list.New(), byID: map[pgtype.UUID]*list.Element{}}
}

// get finds only this version: the database has just said which one is current.
func (c *cache) get(id pgtype.UUID, version int32) ([]byte, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	element, found := c.byID[id]
	if !found || element.Value.(*cachedBody).version != version {
		return nil, false
	}
	c.recent.MoveToFront(element)
	return element.Value.(*cachedBody).body, true
}

// put replaces an older version of the file. A newer one, put by a faster request, stays.
func (c *cache) put(id pgtype.UUID, version int32, body []byte) {
	if int64(len(body)) > c.budgetBytes {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if element, found := c.byID[id]; found {
		if element.Value.(*cachedBody).version > version {
			return
		}
		c.remove(element)
	}
	c.byID[id] = c.recent.PushFront(&cachedBody{id, version, body})
	c.usedBytes += int64(len(body))
	for c.usedBytes > c.budgetBytes || c.recent.Len() > maxCacheEntries {
		c.remove(c.recent.Back())
	}
}

func (c *cache) drop(id pgtype.UUID) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if element, found := c.byID[id]; found {
		c.remove(element)
	}
}

// remove is called with the mutex held.
func (c *cache) remove(element *list.Element) {
	entry := c.recent.Remove(element).(*cachedBody)
	delete(c.byID, entry.id)
	c.usedBytes -= int64(len(entry.body))
}
