import md5

from base import Filled, NOW
from stockroom import db, util
from stockroom.users import accounts, sessions


class AccountTest(Filled):
    def test_hash_is_salted(self):
        self.assertNotEquals(accounts.hash_password('x', 'abcd'), accounts.hash_password('x', 'efgh'))
        self.assertEquals(len(accounts.hash_password('x')), 4 + 4 + 1 + 40)

    def test_hash_of_known_text(self):
        # sha1('abc')
        self.assertEquals(accounts.hash_password('c', 'ab'), 'sha:ab:a9993e364706816aba3e25717850c26c9cd0d89d')

    def test_unicode_password(self):
        self.assert_(accounts.check(accounts.hash_password('p\xc3\xa4ss', 'ab'), u'p\xe4ss'))

    def test_login(self):
        self.assertEquals(accounts.login('BOSS', 'secret').role, 'manager')
        self.assertRaises(accounts.LoginError, accounts.login, 'boss', 'Secret')
        self.assertRaises(accounts.LoginError, accounts.login, 'nobody', '')

    def test_old_password_is_renewed(self):
        db.insert('staff', login='old', full_name='Old One', password=md5.new('pw').hexdigest())
        accounts.login('old', 'pw')
        self.assert_(db.value("SELECT password FROM staff WHERE login = 'old'").startswith('sha:'))
        accounts.login('old', 'pw')

    def test_inactive(self):
        accounts.deactivate('boss')
        self.assertRaises(accounts.LoginError, accounts.login, 'boss', 'secret')

    def test_role(self):
        self.assertRaises(ValueError, accounts.add, 'x', 'X', 'x', 'king')
        self.assert_(accounts.at_least('manager', 'picker'))
        self.failIf(accounts.at_least('picker', 'goodsin'))

    def test_basic_auth(self):
        header = accounts.basic_header('scanner', 'sc4nner')
        self.assertEquals(header, 'Basic c2Nhbm5lcjpzYzRubmVy')
        self.assertEquals(accounts.basic_auth(header), ('scanner', 'sc4nner'))

    def test_basic_auth_wrong(self):
        for header in (None, '', 'Bearer x', 'Basic ?', 'Basic YWJj'):
            self.assertEquals(accounts.basic_auth(header), None)

    def test_password_with_colon(self):
        self.assertEquals(accounts.basic_auth(accounts.basic_header('a', 'b:c')), ('a', 'b:c'))

    def test_team(self):
        accounts.add('z', 'Zoe Abel', 'z')
        self.assertEquals(accounts.team(), ['boss', 'z', 'pick1'])


class SessionTest(Filled):
    def test_start_and_find(self):
        cookie = sessions.start('ann', 'picker')
        self.assertEquals(sessions.find(cookie).login, 'ann')
        self.assertEquals(sessions.find(cookie + 'x'), None)
        self.assertEquals(sessions.find(None), None)

    def test_signature(self):
        self.assertEquals(sessions.sign('abc'), 'abc.b9f9ece50453')

    def test_old(self):
        cookie = sessions.start('ann', 'picker')
        util.fixed_now = NOW + 8 * 3600 + 1
        self.assertEquals(sessions.find(cookie), None)

    def test_use_keeps_it(self):
        cookie = sessions.start('ann', 'picker')
        for hours in (5, 10, 15):
            util.fixed_now = NOW + hours * 3600
            self.assert_(sessions.find(cookie))

    def test_sweep(self):
        sessions.start('ann', 'picker')
        sessions.start('bob', 'picker')
        util.fixed_now = NOW + 9 * 3600
        sessions.start('cid', 'picker')
        self.assertEquals(sessions.sweep(), 2)

    def test_newest(self):
        self.assertEquals(sessions.newest(), None)
        sessions.start('ann', 'picker')
        util.fixed_now = NOW + 1
        sessions.start('bob', 'picker')
        self.assertEquals(sessions.newest(), 'bob')

    def test_end(self):
        cookie = sessions.start('ann', 'picker')
        sessions.end(cookie)
        self.assertEquals(sessions.find(cookie), None)
        sessions.end(None)
