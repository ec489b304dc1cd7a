<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ include file="head.jsp" %>
<h1>Endorsements of <a href="<%= ctx %>/policy?id=${policy.policyId}">${policy.policyNo}</a></h1>
<table>
<c:forEach var="e" items="${endorsements}">
<tr><td>${e.endorseNo}</td><td>${e.effDate}</td><td>${e.kind}</td><td>${e.oldValue}</td><td>${e.newValue}</td><td>${e.premiumDelta}</td></tr>
</c:forEach>
</table>
<form method="post" action="<%= ctx %>/endorse">
<input type="hidden" name="id" value="${policy.policyId}">
<select name="kind"><option>SUM</option><option>DEDUCT</option><option>ADDCOV</option><option>REMCOV</option></select>
Coverage <input name="covCode" size="5"> Value <input name="value"> from <input name="effective">
<input type="submit" value="Save">
</form>
<%@ include file="foot.jsp" %>
