<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ include file="head.jsp" %>
<h1>New quote</h1>
<form method="post" action="<%= ctx %>/quote">
<input type="hidden" name="holderId" value="${holderId}">
Product <select name="product"><option>AUTO</option><option>HOME</option></select> from <input name="start">
<table><tr><th>Coverage</th><th>Sum insured</th><th>Deductible</th></tr>
<c:forEach var="code" items="${codes}">
<tr><td>${code}</td><td><input name="sum_${code}"></td><td><input name="ded_${code}"></td></tr>
</c:forEach>
</table>
<input type="submit" value="Calculate">
</form>
<%@ include file="foot.jsp" %>
