using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;

namespace OrleansChat.Storage.Tests;

public sealed class PasswordsTests
{
    private readonly Passwords _passwords = new(iterations: 1000);

    [Fact]
    public async Task A_hash_fits_its_password_and_no_other()
    {
        var hash = await _passwords.HashAsync("surabaya");

        Assert.Equal(new PasswordVerdict(true, null), await _passwords.VerifyAsync(hash, "surabaya", ""));
        Assert.Equal(new PasswordVerdict(false, null), await _passwords.VerifyAsync(hash, "Surabaya", ""));
        Assert.Equal(new PasswordVerdict(false, null), await _passwords.VerifyAsync("", "surabaya", ""));
        Assert.NotEqual(hash, _passwords.Hash("surabaya"));
    }

    [Fact]
    public void A_hash_of_fewer_rounds_is_right_and_to_be_made_anew()
    {
        var strong = new Passwords(iterations: 2000);
        Assert.Equal((true, true), strong.Verify(_passwords.Hash("x"), "x"));
        Assert.Equal((true, false), strong.Verify(strong.Hash("x"), "x"));
    }

    [Theory]
    [InlineData("x", true)]
    [InlineData("pässwörd✓", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a\u00a0b", false)]
    public void A_password_is_not_empty_and_without_white_space(string password, bool isValid) =>
        Assert.Equal(isValid, Passwords.IsValid(password));

    [Fact]
    public void A_password_is_proper_Unicode_of_no_more_than_256_bytes()
    {
        Assert.True(Passwords.IsValid(new string('é', 128)));
        Assert.False(Passwords.IsValid(new string('é', 128) + "x"));
        Assert.False(Passwords.IsValid("\ud800"));
    }

    [Theory]
    [InlineData("messi", true)]
    [InlineData("a-b_c.9", true)]
    [InlineData("0123456789abcdef0123456789abcdef", true)]
    [InlineData("0123456789abcdef0123456789abcdef0", false)]
    [InlineData("", false)]
    [InlineData("Messi", false)]
    [InlineData("a b", false)]
    [InlineData("a:b", false)]
    [InlineData("é", false)]
    public void A_user_name_is_short_and_plain(string name, bool isValid) => Assert.Equal(isValid, UserName.IsValid(name));
}
